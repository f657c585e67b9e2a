"""Which options of a model repair it."""
