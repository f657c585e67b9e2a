"""From what was proved to the report that is printed, and to certificates in directories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import assert_never

import msgspec

from verifier import certify
from verifier.certificates import mdl
from verifier.certificates.check import Accepted, Disagreement, Refused, Undecided
from verifier.certificates.directory import CertificateError
from verifier.certificates.reasons import NotEncodable, NotPrintable
from verifier.cli.exit import Exit
from verifier.cli.reporting import Files, peak_memory_bytes, property_row
from verifier.cli.traces import stem
from verifier.engines.interface import INTERRUPTED
from verifier.ir.build import FALSE, negate
from verifier.ir.property import NoFault, Reachable
from verifier.language.model import Model
from verifier.proving.induction import Way
from verifier.proving.pipeline import Proof
from verifier.proving.work import Finding
from verifier.report import (
    PROOF_SCHEMA,
    CertificateRow,
    InductionRow,
    ModelRow,
    ProofReport,
    ProvedRow,
)
from verifier.verdict import BY_INVARIANT, Holds, Inductive, Unknown, Violated
from verifier.viewers.formula import formula

QUESTION_SECONDS_MAX = 60.0  # of a solver for one question of a certificate

Certificates = Mapping[str, CertificateRow]
"""By the name of the property."""


def report(proof: Proof, reproduce: str, files: Files, certificates: Certificates) -> ProofReport:
    """The report of one proof; ``files`` says where traces were saved."""
    model, lifting = proof.model, proof.lifting
    rows = [_row(model, found, files, certificates) for found in proof.findings]
    return ProofReport(
        schema=PROOF_SCHEMA,
        model=ModelRow(model.name, model.file, model.variant, dict(model.options)),
        lifted=list(lifting.lifted),
        circles=list(lifting.circles),
        kept=dict(lifting.kept),
        open_options=list(lifting.open_options),
        any_messages=lifting.any_messages,
        any_stamps=lifting.any_stamps,
        nodes=dict(Counter(name.partition("[")[0] for name in model.system.nodes)),
        stopped=INTERRUPTED if proof.interrupted else None,
        seconds=round(proof.seconds, 3),
        peak_memory_bytes=peak_memory_bytes(),
        properties=rows,
        reproduce=reproduce,
        exit=_exit(proof, rows),
    )


def _exit(proof: Proof, rows: Sequence[ProvedRow]) -> Exit:
    """A refused certificate is a mistake of this tool: no certificate, and no verdict, may rest on
    what it says then."""
    said = {row.certificate.status for row in rows if row.certificate is not None}
    verdicts = {row.verdict for row in rows}
    if "refused" in said:
        return Exit.OURS
    if proof.interrupted:
        return Exit.INTERRUPTED
    if "violated" in verdicts:
        return Exit.VIOLATED
    return Exit.UNKNOWN if "unknown" in verdicts or "undecided" in said else Exit.HOLDS


def _row(model: Model, finding: Finding, files: Files, certificates: Certificates) -> ProvedRow:
    prop = finding.conclusion.prop
    plain = property_row(finding.conclusion, files)
    certificate = certificates.get(prop.name)
    row = ProvedRow(
        name=prop.name,
        kind=plain.kind,
        verdict=plain.verdict,
        evidence=plain.evidence,
        requirements=plain.requirements,
        trace=plain.trace,
        bound=plain.bound,
        reason=_reason(finding),
        faults=plain.faults,
        facts=_facts(finding),
        certificate=certificate,
        induction=None if finding.way is None else _induction(model, prop.name, finding.way),
    )
    if certificate is not None and certificate.status == "refused":
        why = f"its certificate is refused: {certificate.reason}"
        return msgspec.structs.replace(row, verdict="unknown", evidence="bounded", reason=why)
    return row


def _reason(finding: Finding) -> str | None:
    verdict, evidence = finding.conclusion.verdict, _evidence(finding)
    if isinstance(verdict, Unknown):
        return verdict.reason
    if evidence is None or evidence.method == BY_INVARIANT:
        return None
    return f"{evidence.method}, {evidence.steps} steps"


def _facts(finding: Finding) -> int | None:
    evidence = _evidence(finding)
    known = evidence is not None and evidence.method == BY_INVARIANT
    return len(evidence.invariant) if evidence is not None and known else None


def _evidence(finding: Finding) -> Inductive | None:
    match finding.conclusion.verdict:
        case Holds(Inductive() as evidence) | Violated(Inductive() as evidence):
            return evidence
        case _:
            return None


def _induction(model: Model, name: str, way: Way) -> InductionRow:
    lemma = None
    if way.lemma is not None:
        try:
            text = mdl.declarations(model.system, [way.lemma])
            lemma = text.replace(f"{mdl.PREFIX}1", f"for {name}", 1)
        except NotPrintable:
            pass  # it can still be read, but not pasted
    states = [
        "any state" if predicate is FALSE else formula(negate(predicate))
        for predicate in way.excluded
    ]
    return InductionRow(states, list(way.actions), lemma)


# ---- certificates ------------------------------------------------------------------------------


def certified(out: Path, proof: Proof, *, checked: bool) -> dict[str, CertificateRow]:
    """Writes a certificate of every proof into a directory of its own in ``out``, and has each
    checked by both solvers if that is asked for."""
    found = {}
    for finding in proof.findings:
        evidence, name = _evidence(finding), finding.conclusion.prop.name
        if evidence is not None:
            directory = out / f"{stem(proof.model, name)}.proof"
            row = _written(directory, proof.model, finding, evidence)
            if checked and row.directory is not None:
                row = _checked(directory)
            found[name] = row
    return found


def _written(
    directory: Path, model: Model, finding: Finding, evidence: Inductive
) -> CertificateRow:
    prop = finding.conclusion.prop
    if isinstance(prop, Reachable):
        reason = "a certificate is about what always holds, and this is about what never happens"
        return CertificateRow(None, "none", reason)
    if evidence.method != BY_INVARIANT:
        reason = f"a proof {evidence.method} ({evidence.steps} steps) has no invariant"
        return CertificateRow(None, "none", reason)
    # Every verdict rests on nothing going wrong at run time.
    others = [p for p in model.properties if isinstance(p, NoFault) and p != prop]
    try:
        certify.write(directory, model, [prop, *others], evidence.invariant)
    except (NotPrintable, NotEncodable, CertificateError) as error:
        return CertificateRow(None, "none", str(error))
    return CertificateRow(directory.as_posix(), "written", None)


def _checked(directory: Path) -> CertificateRow:
    place = directory.as_posix()
    outcome = certify.check(directory, seconds_max=QUESTION_SECONDS_MAX)
    match outcome:
        case Accepted():
            return CertificateRow(place, "accepted", None)
        case Refused(what, why) | Disagreement(what, why):
            return CertificateRow(place, "refused", f"{what}: {why}")
        case Undecided(reason):
            return CertificateRow(place, "undecided", reason)
        case _:
            assert_never(outcome)
