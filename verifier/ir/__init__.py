"""The pivot: what is checked, whatever language it was written in and whoever checks it."""
