"""Proofs of models without bounds: from a file to verdicts that rest on invariants."""
