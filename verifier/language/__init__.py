"""MDL: text in, transition system and properties out."""
