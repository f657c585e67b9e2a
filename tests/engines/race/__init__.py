"""A search and proofs beside it."""
