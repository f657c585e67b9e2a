"""A run as a Mermaid sequence diagram, which documents and forges show as a picture.

Mermaid has no slanted arrows: a delayed message has a number, its sending is a note, and its arrow
stands where it arrives.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.viewers.diagrams.sequence import Event, Sequence, note_lines, tag

PLAIN = frozenset(" _-.,()[]{}=+*/'?@|:→✗…")
# Mermaid looks for these words before it reads entities, and takes away a semicolon behind them.
LOOKED_FOR = ("style", "classDef")


def mermaid(drawn: Sequence) -> str:
    """The text of the diagram."""
    return "".join(f"{line}\n" for line in _lines(drawn))


def escaped(text: str) -> str:
    """The text so that Mermaid shows it and reads nothing into it."""
    shown = "".join(c if c.isalnum() or c in PLAIN else _entity(c) for c in text)
    for word in LOOKED_FOR:
        shown = shown.replace(word, _entity(word[0]) + word[1:])
    return shown


def _entity(character: str) -> str:
    return f"#{ord(character)};" if character.isprintable() else "#65533;"


def _lines(drawn: Sequence) -> Iterator[str]:
    ids = {node: f"p{i}" for i, node in enumerate(drawn.nodes, start=1)}
    ends = dict.fromkeys((drawn.nodes[0], drawn.nodes[-1])) if ids else ()
    all_nodes = ",".join(ids[node] for node in ends) or "p0"
    yield "sequenceDiagram"
    yield f"  title {escaped(drawn.title)}"
    if not ids:
        yield "  participant p0 as environment"
    for node, name in ids.items():
        yield f"  participant {name} as {escaped(node)}"
    if drawn.given:
        yield f"  Note over {all_nodes}: {_note(('with', *drawn.given))}"
    for message in drawn.there_at_first:
        sent = f"in flight from the start: #{message.number} {message.shown}"
        yield f"  Note over {ids.get(message.sender, all_nodes)}: {_note((sent,))}"
    indent = "  "
    for event in drawn.events:
        if drawn.loop_start == event.step - 1:
            yield "  loop for ever"
            indent = "    "
        yield from (indent + line for line in _event(event, ids, all_nodes))
    if indent != "  ":
        yield "  end"
    if drawn.in_flight:
        flying = ", ".join(tag(message) for message in drawn.in_flight)
        yield f"  Note over {all_nodes}: {_note((f'still in flight: {flying}',))}"


def _event(event: Event, ids: dict[str, str], all_nodes: str) -> Iterator[str]:
    place = all_nodes if event.node is None else ids[event.node]
    said = f"{event.step}. {event.headline}"
    message = event.arrived or event.lost
    if message is None or not {message.sender, message.receiver} <= ids.keys():
        yield f"Note over {place}: {_note((said, *event.notes))}"
        return
    arrow = "-x" if event.lost is not None else "->>"
    yield f"{ids[message.sender]}{arrow}{ids[message.receiver]}: {escaped(said)}"
    if event.notes:
        yield f"Note over {place}: {_note(event.notes)}"


def _note(paragraphs: tuple[str, ...]) -> str:
    return "<br/>".join(map(escaped, note_lines(paragraphs)))
