"""The symbolic engines."""
