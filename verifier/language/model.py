"""What the language hands over: a model of one variant, ready to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.ir.property import Property
from verifier.ir.system import TransitionSystem
from verifier.source import Diagnostic, SourceError, Span

DEFAULT_VARIANT = "default"
"""Of a file that declares no default variant."""

UNBOUNDED = "unbounded"
"""As the value of a bound: there is no limit."""

OPEN = "any value"
"""As the value of an option: it is left open.  No text can set an option to this."""

OPEN_PREFIX = "option "


def open_variable(option: str) -> str:
    """The name of the variable that an open option is; no text can write it."""
    return f"{OPEN_PREFIX}{option}"


@dataclass(frozen=True, slots=True)
class ExpectedVerdict:
    """``verdict``: holds, violated, unknown; ``steps`` of the trace and ``states`` that violate
    are None where the model does not say."""

    verdict: str
    property: str
    steps: int | None
    states: int | None
    origin: Span


@dataclass(frozen=True, slots=True)
class ExpectedCount:
    """``what``: states, transitions, depth, terminal."""

    what: str
    count: int
    origin: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the model says of itself under one choice of variant and options."""

    variant: str | None
    settings: Mapping[str, str]  # option -> value as text, as after --set
    items: tuple[ExpectedVerdict | ExpectedCount, ...]
    origin: Span


@dataclass(frozen=True, slots=True)
class Choice:
    """An option whose values may be tried: all of them as text, and the one that is declared; with
    what the model says that it needs and costs (`takes`)."""

    option: str
    values: tuple[str, ...]
    default: str
    needs: tuple[str, ...]
    costs: tuple[str, ...]
    requirements: tuple[str, ...]

    def takes(self, value: str) -> bool:
        """Whether it is with this value that the option needs and costs what is said of it: to be
        true, or, if it is no truth value, to be another one than declared."""
        return value == "true" if self.values == ("false", "true") else value != self.default


@dataclass(frozen=True, slots=True)
class Model:
    """A model file, for one variant and one choice of its options."""

    name: str
    file: str
    variant: str  # "default" when the file declares no default variant and none was asked
    options: Mapping[str, str]  # every option with its value, as text
    texts: Mapping[str, str]  # path as in spans -> text, of the file and all it imports
    system: TransitionSystem
    properties: tuple[Property, ...]  # declared ones in order, then the built-in ones
    expectations: tuple[Expectation, ...]
    variants: tuple[str, ...]  # all declared
    default: str  # the variant that is checked when none is asked for
    bounds: tuple[str, ...]  # the options that only limit how much is explored, in order
    fixes: tuple[Choice, ...]  # the options that may be tried as repairs
    assumptions: tuple[Choice, ...]  # those that may be dropped, to see what rests on them


def lifted(model: Model) -> tuple[str, ...]:
    """The bounds of a model that have no value."""
    return tuple(name for name in model.bounds if model.options[name] == UNBOUNDED)


class BoundsNeeded(SourceError):
    """Bounds are lifted that need a value; ``reasons`` says of each why, and where."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], reasons: Mapping[str, str]) -> None:
        super().__init__(diagnostics)
        self.reasons = reasons


class ChoiceError(Exception):
    """The model may be fine, but what was asked of it is not there: bad usage, not a bad model."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
