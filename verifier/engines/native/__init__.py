"""The search as machine code made for the model at hand."""
