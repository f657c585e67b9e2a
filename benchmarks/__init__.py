"""Measurements of the checker beside other tools, on models that all of them agree on."""
