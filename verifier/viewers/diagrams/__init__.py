"""Runs as sequence diagrams of other tools and as pictures, all from one description."""
