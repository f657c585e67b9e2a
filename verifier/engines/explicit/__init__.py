"""The reference search in Python."""
