"""The pivot: what is checked, independent of the language it was written in and of who checks it."""
