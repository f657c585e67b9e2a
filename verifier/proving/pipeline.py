"""Proofs on one page: a model with its bounds lifted in, a verdict with judged evidence for each
property out.

First a short search, which shows what is easily violated and witnesses what can happen, and, where
nothing is without bound, a search of all states, if these are not too many; then proofs of what is
left; then a longer search for what could not be proved.  Searches and proofs are of one
and the same lifted model.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from verifier.checker import asked, judge
from verifier.engines.interface import Budget
from verifier.engines.registry import EXPLICIT
from verifier.ir.expr import Expr
from verifier.ir.validate import validate_problem
from verifier.language.lifting import Lifting, lifted_model
from verifier.language.model import Model
from verifier.properties.safety import encode
from verifier.proving.work import FIRST_STATES, Finding, Listener, Work

PROOF_SHARE = 0.75  # of the time: the rest is for the last search
CERTIFICATES_SHARE = 0.2  # of the time, kept back where certificates are to be checked


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be proved of which file, and for how long (None: no limit); ``keep`` names bounds
    that stay as they are."""

    path: Path
    variant: str | None
    settings: Mapping[str, str]
    open_options: Set[str]
    keep: tuple[str, ...]
    properties: tuple[str, ...]
    seconds_max: float | None
    certificates: bool  # prove also what is seen by visiting all states, if these are few
    checked: bool = False  # leave some of the time for the check of certificates


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found; every trace in it has been replayed."""

    model: Model  # with its bounds lifted
    lifting: Lifting
    findings: tuple[Finding, ...]
    faults_invariant: tuple[Expr, ...] | None  # that excludes run-time errors, where one is known
    seconds: float
    interrupted: bool


def prove(wanted: Wanted, listener: Listener) -> Proof:
    """Proves properties for every value of the bounds that can be lifted.

    Raises:
        SourceError: the model is wrong.
        ChoiceError: a variant, an option, a bound or a property is not there.
        TraceMismatch: an engine gave a run that is none (our mistake).
    """
    began = time.monotonic()
    model, lifting = lifted_model(
        wanted.path, wanted.variant, wanted.settings, wanted.open_options, wanted.keep
    )
    properties = asked(model, wanted.properties)
    problem = encode(model.system, properties)
    validate_problem(problem)
    work = Work(model, properties, problem, listener)
    deadline = None
    if wanted.seconds_max is not None:
        kept = CERTIFICATES_SHARE if wanted.checked else 0.0
        deadline = began + (1 - kept) * wanted.seconds_max
    first = Budget(FIRST_STATES, None, deadline)
    work.search(first, EXPLICIT)
    work.search_flows(first, EXPLICIT)
    work.search_all(deadline)
    if not work.broken and (wanted.certificates or not work.complete):
        share = None if deadline is None else began + PROOF_SHARE * (deadline - began)
        work.prove(share)
        work.search_flows_again(deadline)
        work.search_again(deadline)
    findings = tuple(work.findings())
    for finding in findings:
        judge(model, finding.conclusion)
    seconds = time.monotonic() - began
    return Proof(model, lifting, findings, work.faults_invariant(), seconds, work.interrupted)
