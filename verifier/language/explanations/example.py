"""The shape of an explanation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """Both examples are whole models, so that tests can hold them to what is said."""

    text: str
    wrong: str
    mended: str
