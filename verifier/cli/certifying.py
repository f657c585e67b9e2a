"""The certificates of what was proved: all of them are written, and then they are checked.

Neither a limit of time nor Ctrl-C takes away what was proved before: what is not written or not
checked by then is told in the report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias, assert_never

import msgspec

from verifier import certify
from verifier.certificates.check import (
    Accepted,
    Disagreement,
    Outcome,
    Refused,
    Undecided,
)
from verifier.certificates.directory import CertificateError
from verifier.certificates.reasons import NotEncodable, NotPrintable
from verifier.cli.traces import stem
from verifier.engines.interface import INTERRUPTED
from verifier.ir.property import NoFault, Reachable
from verifier.language.model import Model
from verifier.proving.pipeline import Proof
from verifier.proving.work import Finding, evidence_of
from verifier.report import CertificateRow
from verifier.verdict import BY_INVARIANT, NO_LONGER_RUN, Inductive

QUESTION_SECONDS_MAX = 60.0  # of a solver for one question of a certificate

Begins: TypeAlias = Callable[[Literal["writing", "checking"], str], None]
"""Hears what is done now to the certificate of which property."""


@dataclass(slots=True)
class Certificates:
    """What is known of the certificates, by the name of the property."""

    rows: dict[str, CertificateRow] = field(default_factory=dict)
    interrupted: bool = False


def certified(
    out: Path, proof: Proof, begins: Begins, *, checked: bool, deadline: float
) -> Certificates:
    """Writes a certificate of every proof into a directory of its own in ``out``; then both
    solvers check each until the deadline, if that is asked for.

    Writing takes no longer than reading the model, and so is done whatever the time.
    """
    found = Certificates()
    proved = [
        (finding, evidence)
        for finding in proof.findings
        if (evidence := evidence_of(finding)) is not None
    ]
    for finding, _ in proved:
        missing = CertificateRow(None, "unwritten", INTERRUPTED)
        found.rows[finding.conclusion.prop.name] = missing
    try:
        for finding, evidence in proved:
            name = finding.conclusion.prop.name
            begins("writing", name)
            directory = out / f"{stem(proof.model, name)}.proof"
            found.rows[name] = _written(directory, proof.model, finding, evidence)
    except KeyboardInterrupt:
        found.interrupted = True
    if checked:
        _check(found, begins, deadline, interrupted=proof.interrupted or found.interrupted)
    return found


def _check(found: Certificates, begins: Begins, deadline: float, *, interrupted: bool) -> None:
    """Has the solvers say what they think of all that is written."""
    waiting = {
        name: Path(row.directory) for name, row in found.rows.items() if row.directory is not None
    }
    for name in waiting:
        found.rows[name] = _said(found.rows[name], Undecided(INTERRUPTED))
    if interrupted:
        return
    try:
        for name, directory in waiting.items():
            begins("checking", name)
            outcome = certify.check(directory, seconds_max=QUESTION_SECONDS_MAX, deadline=deadline)
            found.rows[name] = _said(found.rows[name], outcome)
    except KeyboardInterrupt:
        found.interrupted = True


def _written(
    directory: Path, model: Model, finding: Finding, evidence: Inductive
) -> CertificateRow:
    prop = finding.conclusion.prop
    if isinstance(prop, Reachable):
        reason = "a certificate is about what always holds, and this is about what never happens"
        return CertificateRow(None, "none", reason)
    if evidence.method != BY_INVARIANT:
        reason = f"the proof names no facts ({over_steps(evidence)})"
        return CertificateRow(None, "none", reason)
    # Every verdict rests on nothing going wrong at run time.
    others = [p for p in model.properties if isinstance(p, NoFault) and p != prop]
    try:
        certify.write(directory, model, [prop, *others], evidence.invariant)
    except (NotPrintable, NotEncodable, CertificateError) as error:
        return CertificateRow(None, "none", str(error))
    return CertificateRow(directory.as_posix(), "written", None)


def over_steps(evidence: Inductive) -> str:
    """What a proof that names no facts looks at."""
    steps = "1 step" if evidence.steps == 1 else f"{evidence.steps} steps"
    if evidence.method == NO_LONGER_RUN:
        return f"{NO_LONGER_RUN} than {steps}"
    return f"over runs of {steps}"


def _said(row: CertificateRow, outcome: Outcome) -> CertificateRow:
    """What the solvers said of the certificate in this directory."""
    match outcome:
        case Accepted():
            return CertificateRow(row.directory, "accepted", None)
        case Refused(what, why) | Disagreement(what, why):
            return CertificateRow(row.directory, "refused", f"{what}: {why}")
        case Undecided(reason):
            return CertificateRow(row.directory, "undecided", reason)
        case _:
            assert_never(outcome)


def without_directories(found: Certificates) -> Certificates:
    """For certificates in a place that does not last."""
    rows = {n: msgspec.structs.replace(row, directory=None) for n, row in found.rows.items()}
    return Certificates(rows, found.interrupted)
