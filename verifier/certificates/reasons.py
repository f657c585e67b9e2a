"""Why something has no certificate: the two limits of this package, as exceptions with a reason."""

from __future__ import annotations


class NotEncodable(Exception):
    """The formula is outside of what the encoding says exactly; it never says it approximately."""


class NotPrintable(Exception):
    """The predicate speaks of something that has no name in the language."""
