"""Where a line of a model begins, how far it is indented, and what stands between two tokens."""
