"""Types in the words of the language, for messages."""

from __future__ import annotations

from verifier.ir import types as ir
from verifier.language.elaborate.bounds import ENDLESS


def describe(of: ir.Type) -> str:
    """A type as a person writes it."""
    match of:
        case ir.Bool():
            return "bool"
        case ir.Int(None, _):
            return "int"
        case ir.Int(low, high):
            return f"int {low}.." + ("" if high is None else str(high))
        case ir.Mod(modulus):
            return f"int mod {modulus if modulus < ENDLESS else 'unbounded'}"
        case ir.Stamp():
            return "stamp"
        case ir.Optional(item):
            return f"{describe(item)}?"
        case ir.Map(key, value):
            return f"map {describe(key)} to {describe(value)}"
        case ir.Set(item):
            return f"set of {describe(item)}"
        case ir.List(item, capacity):
            return f"list of {describe(item)} at most {capacity}"
        case ir.Enum(name, labels, _):
            return name or "{ " + ", ".join(labels) + " }"
        case ir.Record(name, _):
            return name
        case _:
            return "message"
