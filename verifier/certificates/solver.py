"""One SMT solver on one file in a process of its own: ``python -P solver.py z3|cvc5 FILE SECONDS``.

Prints what the solver prints.  Nothing of the package is imported, so that the process is what a
person gets who calls the solver by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Runs the solver that is named."""
    name, file, seconds = sys.argv[1:]
    text = Path(file).read_text(encoding="utf-8")
    milliseconds = int(float(seconds) * 1000)  # for each question; then it is unknown
    (_z3 if name == "z3" else _cvc5)(text, milliseconds)


def _z3(text: str, milliseconds: int) -> None:
    import z3

    z3.set_param("timeout", milliseconds)
    print(z3.Z3_eval_smtlib2_string(z3.main_ctx().ref(), text))


def _cvc5(text: str, milliseconds: int) -> None:
    """What cvc5 gives up at once it is asked again, with instances of quantifiers that no pattern
    leads to; doing so from the start would take long where a counterexample is soon found."""
    said = _by_cvc5(text, milliseconds, saturate="false")
    if any(answer.strip() == "unknown" for answer in said):
        again = _by_cvc5(text, milliseconds, saturate="true")
        said = [
            other if answer.strip() == "unknown" else answer
            for answer, other in zip(said, again, strict=True)
        ]
    print("".join(said), end="", flush=True)


def _by_cvc5(text: str, milliseconds: int, *, saturate: str) -> list[str]:
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(milliseconds))
    solver.setOption("full-saturate-quant", saturate)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "certificate")
    symbols = parser.getSymbolManager()
    said = []
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return said
        said.append(str(command.invoke(solver, symbols)))


if __name__ == "__main__":
    main()
