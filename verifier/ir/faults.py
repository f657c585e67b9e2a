"""What can go wrong while a model runs: the codes of the checks (decision 002)."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """The value is the code that a report shows."""

    OUT_OF_RANGE = "R01"
    ABSENT = "R02"
    INDEX = "R03"
    DIVISION = "R04"
    CHANNEL_FULL = "R05"
    LIST_FULL = "R06"
    ASSERTION = "R07"
    NO_CHOICE = "R08"
    UNSPECIFIED_RECEPTION = "R09"
