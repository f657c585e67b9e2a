"""A run as a PlantUML sequence diagram.

As in Mermaid's, a delayed message has a number and its arrow stands where it arrives.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.viewers.diagrams.sequence import Event, Mark, Sequence, note_lines, tag

SHORT = 8  # steps; a longer diagram repeats the names at its end
PLAIN = frozenset(" .,()?;→✗…")
PLAIN_ALONE = frozenset("_-/#:=[]{}")  # two of one kind, or one at the start, can be mark-up
COLOURS = {Mark.ENVIRONMENT: " #E8F0E8", Mark.TIMEOUT: " #E8ECF8", Mark.FAILURE: " #F8DCDC"}


def plantuml(drawn: Sequence) -> str:
    """The text of the diagram."""
    return "".join(f"{line}\n" for line in _lines(drawn))


def escaped(text: str) -> str:
    """The text so that PlantUML shows it, and neither its preprocessor (``%``, ``$``, ``!``) nor
    its mark-up reads anything into it."""
    around = f"\0{text}\0"
    return "".join(
        c if _is_plain(c, around[i], around[i + 2]) else _by_number(c) for i, c in enumerate(text)
    )


def _is_plain(c: str, before: str, after: str) -> bool:
    alone = c in PLAIN_ALONE and c not in (before, after) and before != "\0"
    return c.isalnum() or c in PLAIN or alone


def _by_number(c: str) -> str:
    return f"<U+{ord(c):04X}>" if c.isprintable() else "<U+FFFD>"


def _lines(drawn: Sequence) -> Iterator[str]:
    ids = {node: f"p{i}" for i, node in enumerate(drawn.nodes, start=1)}
    yield "@startuml"
    if len(drawn.events) <= SHORT:
        yield "hide footbox"
    yield f"title {escaped(drawn.title)}"
    if not ids:
        yield "participant environment as p0"
    for node, name in ids.items():
        yield f'participant "{escaped(node)}" as {name}'
    if drawn.given:
        yield f"note across : {_note(('with', *drawn.given))}"
    for message in drawn.there_at_first:
        sent = f"in flight from the start: #{message.number} {message.shown}"
        yield f"note across : {_note((sent,))}"
    looping = False
    for event in drawn.events:
        if drawn.loop_start == event.step - 1:
            yield "loop for ever"
            looping = True
        yield from _event(event, ids)
    if looping:
        yield "end"
    if drawn.in_flight:
        flying = ", ".join(tag(message) for message in drawn.in_flight)
        yield f"note across : {_note((f'still in flight: {flying}',))}"
    yield "@enduml"


def _event(event: Event, ids: dict[str, str]) -> Iterator[str]:
    colour = COLOURS.get(event.mark, "")
    place = "across" if event.node is None else f"over {ids[event.node]}"
    said = f"{event.step}. {event.headline}"
    message = event.arrived or event.lost
    if message is None or not {message.sender, message.receiver} <= ids.keys():
        yield f"note {place}{colour} : {_note((said, *event.notes))}"
        return
    arrow = "->x" if event.lost is not None else "->"
    yield f"{ids[message.sender]} {arrow} {ids[message.receiver]} : {escaped(said)}"
    if event.notes:
        yield f"note {place}{colour} : {_note(event.notes)}"


def _note(paragraphs: tuple[str, ...]) -> str:
    return "\\n".join(map(escaped, note_lines(paragraphs)))
