"""The same models for other tools, and how those tools are asked to go through them."""
