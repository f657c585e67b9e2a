"""Runs, and whether they are real."""
