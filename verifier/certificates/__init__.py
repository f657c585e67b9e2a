"""Proofs that somebody else can check: the certificate of an inductive invariant."""
