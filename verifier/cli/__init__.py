"""Arguments in, text and an exit status out."""
