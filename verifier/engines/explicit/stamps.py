"""Renumbering stamps, as generated code that touches only the places where stamps can be."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types as T
from verifier.ir.stamps import holds_stamps
from verifier.ir.system import TransitionSystem


def stamp_functions(system: TransitionSystem) -> list[str]:
    """Source of ``live(s)``, the stamps of a state in increasing order, and of ``canon(s)``, the
    state with its stamps renumbered by rank; see `ir.stamps.canonical`."""
    stamped = [i for i, v in enumerate(system.variables) if holds_stamps(v.type)]
    collect = ["    f = {0}"]
    rebuilt = []
    for index, variable in enumerate(system.variables):
        if index in stamped:
            collect += _collect(variable.type, f"s[{index}]", "    ", 0)
            rebuilt.append(_rebuild(variable.type, f"s[{index}]", 0))
        else:
            rebuilt.append(f"s[{index}]")
    gap = system.stamp_gap
    return [
        "def live(s):",
        *collect,
        "    return sorted(f)[1:]",
        "def canon(s):",
        *collect,
        "    n = len(f) - 1",
        # Most steps leave the numbering as it is.
        f"    if max(f) == n * {gap}"
        + (":" if gap == 1 else f" and not any(x % {gap} for x in f):"),
        "        return s",
        f"    r = {{x: i * {gap} for i, x in enumerate(sorted(f))}}",
        "    return (" + "".join(f"{part}, " for part in rebuilt) + ")",
    ]


def _collect(of: T.Type, text: str, indent: str, level: int) -> Iterator[str]:
    name = f"x{level}"
    match of:
        case T.Stamp():
            yield f"{indent}f.add({text})"
        case T.Record(_, fields):
            for index, (_, kind) in enumerate(fields):
                if holds_stamps(kind):
                    yield from _collect(kind, f"{text}[{index}]", indent, level)
        case T.Optional(item) | T.List(item, _) | T.Map(_, item):
            yield f"{indent}for {name} in {text}:"
            yield from _collect(item, name, indent + "    ", level + 1)
        case T.Channel(message):
            yield f"{indent}for {name} in {text}:"
            yield from _collect(message, name, indent + "    ", level + 1)
        case T.Message(alternatives):
            for tag, record in enumerate(alternatives):
                if holds_stamps(record):
                    yield f"{indent}if {text}[0] == {tag}:"
                    for index, (_, kind) in enumerate(record.fields):
                        if holds_stamps(kind):
                            inner = f"{text}[{index + 1}]"
                            yield from _collect(kind, inner, indent + "    ", level)
        case _:
            raise AssertionError(f"{of} holds no stamps")


def _rebuild(of: T.Type, text: str, level: int) -> str:
    """An expression for the value with every stamp x replaced by r[x]."""
    if not holds_stamps(of):
        return text
    name = f"x{level}"
    match of:
        case T.Stamp():
            return f"r[{text}]"
        case T.Record(_, fields):
            parts = (_rebuild(kind, f"{text}[{i}]", level) for i, (_, kind) in enumerate(fields))
            return "(" + "".join(f"{part}, " for part in parts) + ")"
        case T.Optional(item) | T.List(item, _) | T.Map(_, item):
            return f"tuple([{_rebuild(item, name, level + 1)} for {name} in {text}])"
        case T.Channel(message):
            return f"tuple([{_rebuild(message, name, level + 1)} for {name} in {text}])"
        case T.Message(alternatives):
            result = text
            for tag, record in enumerate(alternatives):
                if holds_stamps(record):
                    rebuilt = [f"{text}[0]"]
                    for index, (_, kind) in enumerate(record.fields):
                        rebuilt.append(_rebuild(kind, f"{text}[{index + 1}]", level))
                    built = "(" + "".join(f"{part}, " for part in rebuilt) + ")"
                    result = f"({built} if {text}[0] == {tag} else {result})"
            return result
        case _:
            raise AssertionError(f"{of} holds no stamps")
