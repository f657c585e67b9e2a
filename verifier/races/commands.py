"""The commands that show again what a page says."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from verifier.races.catalogue import Catalogue
from verifier.races.study import Case

RUN = "run.trace.json"
"""The file of a run, in the folder of its race."""


def check_command(case: Case, *properties: str) -> str:
    """The check of a case."""
    return _checking("check", case, properties or (case.property,))


def _checking(verb: str, case: Case, properties: Sequence[str]) -> str:
    words = ["verify", verb, case.model.as_posix(), "--variant", case.variant]
    for name, value in case.settings:
        words += ["--set", f"{name}={value}"]
    for name in properties:
        words += ["--property", name]
    return shlex.join(words)


def trace_command(catalogue: Catalogue, race: str, verb: str) -> str:
    """What is done with the saved run of a race."""
    return shlex.join(["verify", "trace", verb, (catalogue.runs / race / RUN).as_posix()])
