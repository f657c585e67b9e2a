"""A search here and proofs in another process: the first conclusive answer wins."""
