"""The files that a study of races becomes, as they should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from verifier.causes.orders import GoodOrder
from verifier.cli.export import FORMATS, Judged
from verifier.cli.race_text import deciding, network
from verifier.cli.saved import stored_run
from verifier.ir.property import Property
from verifier.ir.system import TransitionSystem
from verifier.language.model import Model
from verifier.races.catalogue import Catalogue
from verifier.races.commands import RUN
from verifier.races.index import index
from verifier.races.page import Drawings, page
from verifier.races.study import Studied, Study
from verifier.traces.replay import TraceMismatch, replay
from verifier.traces.storage import UnreadableTrace, content, digest, read, restored
from verifier.traces.trace import Trace
from verifier.viewers.diagrams.mermaid import mermaid
from verifier.viewers.diagrams.sequence import sequence
from verifier.viewers.journal import journal
from verifier.viewers.run import run as chart
from verifier.viewers.run import wrapped

WIDTH = 80
"""Columns of the charts in pages."""

EXPORTS = {"svg": "run.svg", "mermaid": "run.mmd", "itf": "run.itf.json", "pcap": "run.pcap"}


def saved_run(catalogue: Catalogue, race: str, model: Model, prop: Property) -> Trace | None:
    """The run that is kept of a race, if it is one of this very model and the judge accepts it."""
    try:
        stored = read(catalogue.runs / race / RUN)
        run = restored(stored)
        if stored.digest != digest(model.texts, model.variant, model.options):
            return None
        if stored.property != prop.name or stored.fault is not None:
            return None
        replay(model.system, prop, run)
    except (UnreadableTrace, TraceMismatch):
        return None
    return run


def files(made: Study, kept: Mapping[str, Trace], command: str) -> Iterator[tuple[Path, bytes]]:
    """Every file with its content; that of a run that was ``kept`` is left out."""
    catalogue = made.catalogue
    yield catalogue.pages / "index.md", _text(index(made, command))
    for studied in made.races:
        variants = dict(made.across(studied))
        lines = page(catalogue, studied, variants, _drawings(studied))
        yield catalogue.pages / f"{studied.race.id}.md", _text(lines)
        if studied.run is not None:
            yield from _run_files(catalogue, studied, studied.run, studied.race.id in kept)


def _text(lines: Iterator[str]) -> bytes:
    return "".join(f"{line.rstrip()}\n" for line in lines).encode()


def _run_files(
    catalogue: Catalogue, studied: Studied, run: Trace, is_kept: bool
) -> Iterator[tuple[Path, bytes]]:
    model, prop = studied.answered.model, studied.answered.prop
    folder = catalogue.runs / studied.race.id
    if not is_kept:
        yield folder / RUN, content(stored_run(model, prop, run, None))
    judged = Judged(model, prop, None, journal(model.system, run), changes=True, packets=None)
    for name, file in EXPORTS.items():
        if name == "pcap" and not Path(model.file).with_suffix(".packets").exists():
            continue  # nothing says what the messages look like on the wire
        made = FORMATS[name].write(judged)
        yield folder / file, made
        if name == "svg":
            yield catalogue.pages / f"{studied.race.id}.svg", made


def _drawings(studied: Studied) -> Drawings:
    """The drawings of a race that was found."""
    run, explained, answered = studied.run, studied.explained, studied.answered
    if run is None or explained is None:
        return Drawings((), (), (), (), tuple(() for _ in studied.fixes))
    system, prop, order = answered.model.system, answered.prop, explained.order
    good = isinstance(order, GoodOrder) and _mermaid(
        system, order.trace, f"the good order: {prop.name}"
    )
    return Drawings(
        tuple(chart(system, prop, run, "chart", WIDTH)),
        tuple(deciding(system, run, order, WIDTH)),
        tuple(wrapped(network(explained.needs), WIDTH)),
        good or (),
        tuple(
            _mermaid(fix.answered.model.system, fix.retold.trace, f"with the fix: {fix.fix.title}")
            if fix.retold is not None
            else ()
            for fix in studied.fixes
        ),
    )


def _mermaid(system: TransitionSystem, run: Trace, title: str) -> tuple[str, ...]:
    drawn = sequence(journal(system, run), title, changes=True)
    return tuple(mermaid(drawn).splitlines())
