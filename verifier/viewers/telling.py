"""What every drawing of a run says of a step: who did what, what was sent, what changed."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.ir import types
from verifier.ir.system import Kind
from verifier.viewers.journal import Change, Entry, Journal, Message
from verifier.viewers.selection import EVERYTHING, Selection


def participants(told: Journal, chosen: Selection = EVERYTHING) -> list[str]:
    """The nodes that act, send or receive in what is drawn, in the order of their declaration."""
    seen = {entry.action.node for entry in told.entries if chosen.shows(entry.step)}
    for message in told.messages.values():
        if message.sent == 0 or any(map(chosen.shows, (message.sent, message.ended or 0))):
            seen |= {message.sender, message.receiver}
    found = [node for node in told.system.nodes if node in seen]
    return found or list(told.system.nodes)


def chosen_for_the_run(told: Journal) -> Iterator[str]:
    """What the initial step chose and no later one changes: no lifeline shows it."""
    label = told.trace.start
    action = next(action for action in told.system.initial if action.name == label.action)
    hidden = {variable.name for variable in told.system.variables if variable.hidden}
    for parameter, value in zip(action.parameters, label.arguments, strict=True):
        variable = parameter.variable
        if variable.name in hidden:
            yield f"{variable.name} = {types.show(variable.type, value)}"


def direct(message: Message, chosen: Selection = EVERYTHING) -> bool:
    """Whether the message is one arrow: nothing is drawn between its two ends."""
    return (
        message.ended == message.sent + 1
        and message.copy_of is None
        and message.sender != message.receiver
        and message.sent > 0
        and chosen.shows(message.ended)
    )


def headline(told: Journal, entry: Entry, chosen: Selection = EVERYTHING) -> str:
    """The step in a few words."""
    who = f"{entry.action.node} " if entry.action.node else ""
    message = told.messages.get(entry.arrived or entry.lost or 0)
    if message is None and entry.action.kind is Kind.DUPLICATION and entry.left:
        copy = told.messages[entry.left[0]]
        return f"{_channel(entry)} duplicates #{copy.copy_of} {copy.name}"
    if message is None:
        return f"{who}{entry.title}"
    tag = "" if direct(message, chosen) else f" #{message.number}"
    said = message.name if message.sent else message.shown  # its sending says the rest
    if entry.lost is not None:
        return f"{_channel(entry)} loses{tag} {said}"
    verb = {"on": "receives", "ignore": "ignores"}.get(entry.action.shown.split(" ")[0], "gets")
    if entry.action.kind is not Kind.HANDLER:
        verb = entry.title
    rest = entry.title.partition("(")[2]
    return f"{who}{verb}{tag} {said}{f' ({rest}' if rest else ''}"


def _channel(entry: Entry) -> str:
    """The channel that loses or duplicates."""
    return entry.action.name.partition(".")[0]


def departures(told: Journal, entry: Entry, chosen: Selection = EVERYTHING) -> Iterator[str]:
    """What leaves in the step, with its fields, which the arrow has no room for."""
    for number in entry.left:
        message = told.messages[number]
        sender = "" if message.sender == entry.action.node else f"{message.sender} "
        verb = f"copy of #{message.copy_of}:" if message.copy_of else f"{sender}sends"
        tag = "" if direct(message, chosen) else f"#{number} "
        yield f"{verb} {tag}{message.shown} to {message.receiver}"


def alteration(entry: Entry, change: Change) -> str:
    """A value that changes, or a timer that starts or stops."""
    name = change.variable.shown if change.variable.node == entry.action.node else ""
    name = name or change.variable.name
    if is_timer(change):
        return f"{name} {'starts' if change.after == 'true' else 'stops'}"
    return f"{name}{change.path}: {change.before} → {change.after}"


def is_timer(change: Change) -> bool:
    """Whether what changes is a timer, which the language keeps as a truth value."""
    return change.variable.shown.startswith("timer ")


def failure(entry: Entry) -> str | None:
    """The run-time error that ends the run in this step."""
    return None if entry.failed is None else f"✗ {entry.failed.code}: {entry.failed.message}"


def for_ever(told: Journal) -> str:
    """How an infinite run goes on."""
    begins = (told.trace.loop_start or 0) + 1
    if not told.repeats(told.trace.depth):
        return "and nothing more happens, for ever"
    return f"and from step {begins} on again, for ever"


def names(message: Message, *, numbered: bool) -> tuple[str, ...]:
    """What may stand on an arrow, longest first: the name, its capitals, the number."""
    tag = f" #{message.number}" if numbered else ""
    capitals = "".join(c for c in message.name if c.isupper() or c.isdigit())
    if len(capitals) >= 2:
        shorter: tuple[str, ...] = (capitals,)
    else:  # no abbreviation: the beginning of the word says more
        shorter = tuple(f"{message.name[:n]}…" for n in range(len(message.name) - 2, 2, -1))
    found = tuple(name + tag for name in (message.name, *shorter))
    return (*found, f"#{message.number}") if numbered else found
