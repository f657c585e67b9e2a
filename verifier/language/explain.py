"""What a code means: ``verify explain CODE``."""

from __future__ import annotations

from verifier.language.codes import SENTENCES, Code
from verifier.language.explanations.example import Explanation
from verifier.language.explanations.faults import FAULTS
from verifier.language.explanations.places import PLACES
from verifier.language.explanations.reading import READING
from verifier.language.explanations.values import VALUES

EXPLANATIONS: dict[str, Explanation] = READING | VALUES | PLACES | FAULTS


def explain(code: str) -> str | None:
    """A paragraph, an example that has the mistake and the example mended; None if there is no
    such code."""
    found = EXPLANATIONS.get(code)
    if found is None:
        return None
    title = SENTENCES[Code(code)] if code in SENTENCES else "A run-time error."
    text = found.text.replace("\n", " ")
    return "\n".join(
        (
            f"{code}: {title}",
            "",
            *_wrapped(text),
            "",
            "Wrong:",
            "",
            _indented(found.wrong),
            "",
            "Mended:",
            "",
            _indented(found.mended),
        )
    )


def _wrapped(text: str) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 79:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines


def _indented(model: str) -> str:
    shown = model.strip("\n").replace("\0", "?")
    return "\n".join(f"    {line}" if line else "" for line in shown.split("\n"))
