"""Models with one change each, and which of the changes no property notices."""
