"""The door of the language: a file, a variant and settings in, a checked model out."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from verifier.language import kept
from verifier.language.codes import Code
from verifier.language.model import Model
from verifier.source import Diagnostic, SourceError, Span


def load(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> Model:
    """Reads, checks and lowers a model.

    ``variant`` None means the default one; ``settings`` are option values as text.
    ``open_options`` are left open, whatever the variant says of them: the model that comes out has
    the runs of all their values.

    Raises:
        SourceError: the model is wrong; all mistakes of the pass that found them.
        ChoiceError: there is no such variant or option, or the option cannot have this value,
            or cannot be left open.
    """
    model = kept.recall(path, variant, settings, open_options)
    if model is not None:
        return model
    # Not above: a model that was kept needs none of it, and to import it takes a tenth of a second.
    from verifier.language.frontend import load_anew

    try:
        model = load_anew(path, variant, settings, open_options)
    except RecursionError:
        # Each text is within the limit of depth, but not what they make when put into each other.
        name = path.as_posix()
        message = "functions, constants or types are nested too deeply in each other"
        raise SourceError((Diagnostic(Code.LIMIT, message, Span(name, 1, 1, 1, 1)),)) from None
    kept.keep(model, path, variant, settings, open_options)
    return model
