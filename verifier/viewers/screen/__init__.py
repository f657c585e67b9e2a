"""A run in the terminal, to go through by keys and mouse."""
