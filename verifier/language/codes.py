"""Every diagnostic of the language: a closed list of codes, one sentence each.

M0xx: the text is not a sentence of the grammar.  M1xx: a name.  M2xx: a type or a value that is
known before the model runs.  M3xx: a construct that is used where it may not stand.  M9xx: not
there yet.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The value is the code a user sees and can ask ``verify explain`` about."""

    UNEXPECTED_INPUT = "M001"
    UNREADABLE = "M002"
    LIMIT = "M003"
    UNKNOWN_NAME = "M101"
    DECLARED_TWICE = "M102"
    NO_SUCH_FILE = "M103"
    UNKNOWN_VARIANT = "M104"
    UNKNOWN_PROPERTY = "M105"
    TYPE_MISMATCH = "M201"
    OUTSIDE_TYPE = "M202"
    NOT_CONSTANT = "M203"
    AMBIGUOUS_LABEL = "M204"
    NO_SUCH_FIELD = "M205"
    WRONG_FIELDS = "M206"
    WRONG_ARGUMENTS = "M207"
    NOT_ORDERED = "M208"
    UNTYPED = "M209"
    BAD_KEY = "M210"
    CYCLE = "M211"
    EMPTY_TYPE = "M212"
    NOT_ITERABLE = "M213"
    NO_CHANNEL = "M214"
    BAD_TRAITS = "M215"
    UNBOUNDED = "M216"
    NESTED_OPTIONAL = "M217"
    TOO_LARGE = "M218"
    NEEDS_VALUE = "M219"
    NO_PLACE = "M220"
    HIDDEN_VARIABLE = "M301"
    NOT_ASSIGNABLE = "M302"
    GHOST_READ = "M303"
    NOT_IN_A_STEP = "M304"
    NOT_IN_NODE_CODE = "M305"
    OLD_OUTSIDE_STEP = "M306"
    USELESS_TIMER = "M307"
    NO_SENDER = "M308"
    BAD_EVENT = "M309"
    NOT_SYMMETRIC = "M310"
    BAD_DECLARATION = "M311"
    LIVENESS = "M901"


SENTENCES: dict[Code, str] = {
    Code.UNEXPECTED_INPUT: "The text is not a sentence of the grammar.",
    Code.UNREADABLE: "A file is not text in UTF-8 that can be read.",
    Code.LIMIT: "The text exceeds a limit of size, of depth or of digits.",
    Code.UNKNOWN_NAME: "Nothing of this name can be seen here.",
    Code.DECLARED_TWICE: "Two declarations share a name.",
    Code.NO_SUCH_FILE: "An imported file does not exist.",
    Code.UNKNOWN_VARIANT: "No variant has this name.",
    Code.UNKNOWN_PROPERTY: "No property has this name.",
    Code.TYPE_MISMATCH: "A value of one type stands where another is needed.",
    Code.OUTSIDE_TYPE: "A constant is not a value of the type it is meant for.",
    Code.NOT_CONSTANT: "A value that must be known before the model runs depends on its state.",
    Code.AMBIGUOUS_LABEL: "Several enumerations have this label and nothing says which is meant.",
    Code.NO_SUCH_FIELD: "The record, message, node or enumeration has nothing of this name.",
    Code.WRONG_FIELDS: "A record or message is not given exactly its fields.",
    Code.WRONG_ARGUMENTS: "A call, instance or event has the wrong number or names of arguments.",
    Code.NOT_ORDERED: "Values of this type have no order.",
    Code.UNTYPED: "Nothing says which type 'none', '{}' or '[]' has here.",
    Code.BAD_KEY: "A map or set needs a finite scalar type here.",
    Code.CYCLE: "A declaration needs itself.",
    Code.EMPTY_TYPE: "A type or range has no value.",
    Code.NOT_ITERABLE: "There is nothing to go through here.",
    Code.NO_CHANNEL: "It is not clear on which channel a message travels.",
    Code.BAD_TRAITS: "The traits of a channel contradict each other.",
    Code.UNBOUNDED: "Values are gone through here, and the type has no end.",
    Code.NESTED_OPTIONAL: "An optional of an optional cannot tell its two kinds of none apart.",
    Code.TOO_LARGE: "This would be expanded into too many copies.",
    Code.NEEDS_VALUE: "A bound that is set to 'unbounded' has to have a value here.",
    Code.NO_PLACE: "Nothing can stand at this place of the channel.",
    Code.HIDDEN_VARIABLE: "A node reads only its own variables, the world's and configuration.",
    Code.NOT_ASSIGNABLE: "This cannot be assigned here.",
    Code.GHOST_READ: "A ghost variable may not influence what the model does.",
    Code.NOT_IN_A_STEP: "This has a meaning only in the body of a step.",
    Code.NOT_IN_NODE_CODE: "A node does not see the whole network.",
    Code.OLD_OUTSIDE_STEP: "'old' has a meaning only in a step property.",
    Code.USELESS_TIMER: "A timer and its 'on timeout' must belong together.",
    Code.NO_SENDER: "A message is sent by a node.",
    Code.BAD_EVENT: "The event names nothing that can happen.",
    Code.NOT_SYMMETRIC: "The members of a symmetric array may not be told apart.",
    Code.BAD_DECLARATION: "This declaration cannot stand here.",
    Code.LIVENESS: "Liveness properties and fairness come with an engine of their own.",
}
