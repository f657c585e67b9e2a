"""Search and proof with a solver: the pivot as formulas over scalars."""
