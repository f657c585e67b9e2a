"""A model checker for nodes that exchange messages: MDL text in, verdicts with evidence out."""

__version__ = "0.1.0"
