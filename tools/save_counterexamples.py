"""Writes `counterexamples/`: the shortest run for every property that scenario C violates.

Run it (or `make golden`) after a change of the models: a trace belongs to one text of its model.
"""

from __future__ import annotations

import sys
from pathlib import Path

from verifier.checker import Plan, check
from verifier.cli.progress import Progress
from verifier.cli.traces import save_all
from verifier.language.load import load
from verifier.verdict import Violated

ROOT = Path(__file__).resolve().parents[1]
MODEL = Path("models/scenario_c.mdl")  # as a trace file names it: from the root of the repository
# The bounds at which every violation has its shortest run without a loss: enough, and quick.
BOUNDS = {"MAX_MOVES": "3", "LOSSES": "0"}
VARIANTS = ("draft_baseline", "draft_combined", "draft_fixed", "rfc6612_3775", "rfc6612_6275")


def main() -> None:
    """Replaces what is there."""
    out = ROOT / "counterexamples"
    for old in out.glob("*.trace.json"):
        old.unlink()
    for variant in VARIANTS:
        progress = Progress(shown=sys.stderr.isatty())
        model = load(MODEL, variant, BOUNDS)
        checked = check(model, Plan(), progress)
        progress.done()
        violated = tuple(c for c in checked.conclusions if isinstance(c.verdict, Violated))
        for path in save_all(out, model, violated).values():
            print(Path(path).relative_to(ROOT))


if __name__ == "__main__":
    main()
