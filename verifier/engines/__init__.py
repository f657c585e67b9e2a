"""Problem in, answer out."""
