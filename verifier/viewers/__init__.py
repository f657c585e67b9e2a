"""Runs and reports as text."""
