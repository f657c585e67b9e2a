"""From what was proved to the report that is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from verifier.certificates import mdl
from verifier.certificates.reasons import NotPrintable
from verifier.cli.certifying import Certificates, over_steps
from verifier.cli.exit import Exit
from verifier.cli.reporting import Files, peak_memory_bytes, property_row
from verifier.engines.interface import INTERRUPTED
from verifier.ir.build import FALSE, negate
from verifier.language.model import Model
from verifier.proving.induction import Way
from verifier.proving.pipeline import Proof
from verifier.proving.work import Finding, evidence_of
from verifier.report import (
    PROOF_SCHEMA,
    CertificateRow,
    InductionRow,
    ModelRow,
    ProofReport,
    ProvedRow,
)
from verifier.verdict import BY_INVARIANT, ENDLESS_QUEUE, Unknown
from verifier.viewers.formula import formula
from verifier.viewers.naming import named_apart


def report(proof: Proof, reproduce: str, files: Files, certificates: Certificates) -> ProofReport:
    """The report of one proof; ``files`` says where traces were saved."""
    model, lifting = proof.model, proof.lifting
    rows = [_row(model, found, files, certificates.rows) for found in proof.findings]
    interrupted = proof.interrupted or certificates.interrupted
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
        stopped=INTERRUPTED if interrupted else None,
        seconds=round(proof.seconds, 3),
        peak_memory_bytes=peak_memory_bytes(),
        properties=rows,
        reproduce=reproduce,
        exit=_exit(rows, interrupted=interrupted),
        hint=_hint(rows, lifting.queues),
    )


def _hint(rows: Sequence[ProvedRow], queues: Sequence[str]) -> str | None:
    """What to ask instead where the queues are what the prover cannot see whole."""
    if not queues or not any(ENDLESS_QUEUE in (row.reason or "") for row in rows):
        return None
    return f"with --keep {' --keep '.join(queues)} the queues have an end, and may be proved about"


def _exit(rows: Sequence[ProvedRow], *, interrupted: bool) -> Exit:
    """A refused certificate is a mistake of this tool: no certificate, and no verdict, may rest on
    what it says then."""
    said = {row.certificate.status for row in rows if row.certificate is not None}
    verdicts = {row.verdict for row in rows}
    if "refused" in said:
        return Exit.OURS
    if interrupted:
        return Exit.INTERRUPTED
    if "violated" in verdicts:
        return Exit.VIOLATED
    return Exit.UNKNOWN if "unknown" in verdicts or "undecided" in said else Exit.HOLDS


def _row(
    model: Model, finding: Finding, files: Files, certificates: Mapping[str, CertificateRow]
) -> ProvedRow:
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
    verdict, evidence = finding.conclusion.verdict, evidence_of(finding)
    if isinstance(verdict, Unknown):
        return verdict.reason
    if evidence is None or evidence.method == BY_INVARIANT:
        return None
    return over_steps(evidence)


def _facts(finding: Finding) -> int | None:
    evidence = evidence_of(finding)
    known = evidence is not None and evidence.method == BY_INVARIANT
    return len(evidence.invariant) if evidence is not None and known else None


def _induction(model: Model, name: str, way: Way) -> InductionRow:
    lemma = None
    if way.lemma is not None:
        try:
            text = mdl.declarations(model.system, [way.lemma])
            lemma = text.replace(f"{mdl.PREFIX}1", f"for {name}", 1)
        except NotPrintable:
            pass  # it can still be read, but not pasted
    states = [
        "any state" if predicate is FALSE else formula(negate(named_apart(predicate)))
        for predicate in way.excluded
    ]
    return InductionRow(states, list(way.actions), lemma, way.absent)
