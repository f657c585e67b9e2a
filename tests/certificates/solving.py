"""Both solvers in the process of the tests: what `check.solved` does, without its processes."""

from __future__ import annotations

import cvc5
import z3

from verifier.certificates.check import Outcome, judged
from verifier.certificates.conditions import Texts
from verifier.certificates.directory import CONDITIONS
from verifier.certificates.processes import ANSWERS, Answers

MILLISECONDS = 3000  # for each question: one with a quantifier may have no finite counterexample


def by_z3(text: str) -> list[str]:
    z3.set_param("timeout", MILLISECONDS)
    context = z3.Context()  # held: without a reference it is freed at once
    return str(z3.Z3_eval_smtlib2_string(context.ref(), text)).splitlines()


def by_cvc5(text: str) -> list[str]:
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(MILLISECONDS))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "test")
    symbols, said = parser.getSymbolManager(), []
    while not (command := parser.nextCommand()).isNull():
        said.append(str(command.invoke(solver, symbols)))
    return "".join(said).splitlines()


def answers(lines: list[str]) -> Answers:
    errors = [line for line in lines if line.startswith("(error")]
    said = tuple(line for line in lines if line in ANSWERS)
    return Answers(said, errors[0] if errors else "", 0.0)


def outcome(texts: Texts) -> Outcome:
    """What both solvers say."""
    by_file = dict(
        zip(CONDITIONS, (texts.initiation, texts.consecution, texts.safety), strict=True)
    )
    found = {}
    for file, text in by_file.items():
        found["z3", file] = answers(by_z3(text))
        found["cvc5", file] = answers(by_cvc5(text))
    return judged(by_file, found)
