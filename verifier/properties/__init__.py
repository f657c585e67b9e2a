"""What may be claimed, as problems for engines, and back from their answers to verdicts."""
