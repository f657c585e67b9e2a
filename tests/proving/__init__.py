"""Proofs of models without bounds."""
