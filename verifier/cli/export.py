"""``verify trace export``: a run in the formats of other tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click

from verifier import __version__
from verifier.cli.exit import Exit
from verifier.cli.output import complain
from verifier.cli.reporting import kind_of
from verifier.cli.saved import judged_run, model_option, run_file
from verifier.cli.viewing import seen
from verifier.ir.property import Flow, Property, Reachable
from verifier.ir.system import Check
from verifier.language.model import Model
from verifier.report import ModelRow
from verifier.source import SourceError, underline
from verifier.viewers.diagrams.mermaid import mermaid
from verifier.viewers.diagrams.plantuml import plantuml
from verifier.viewers.diagrams.sequence import Sequence, sequence
from verifier.viewers.diagrams.svg import svg
from verifier.viewers.document import PropertyShown, document, json_text
from verifier.viewers.html.page import page
from verifier.viewers.itf import itf_trace
from verifier.viewers.journal import Journal, journal


@dataclass(frozen=True, slots=True)
class Judged:
    """A run that the judge has accepted, and how it is wanted."""

    model: Model
    prop: Property
    fault: Check | None
    told: Journal
    changes: bool
    packets: Path | None

    @property
    def title(self) -> str:
        """What the run is of, and what it shows."""
        return f"{self.model.name}, variant {self.model.variant}: {self.prop.name}"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: its line in the help, and what writes it."""

    summary: str
    write: Callable[[Judged], bytes]


def _sequence(run: Judged) -> Sequence:
    return sequence(run.told, run.title, changes=run.changes)


def _json(run: Judged) -> bytes:
    model = run.model
    witness = run.fault is None and isinstance(run.prop, Reachable | Flow)
    shows = PropertyShown(
        run.prop.name,
        kind_of(run.prop),
        "holds" if witness else "violated",
        None if run.fault is None else str(run.fault.code),
        list(run.prop.requirements),
    )
    row = ModelRow(model.name, model.file, model.variant, dict(model.options))
    return json_text(document(run.told, f"mdl-verifier {__version__}", row, shows))


def _itf(run: Judged) -> bytes:
    model = run.model
    return itf_trace(
        run.told,
        {
            "source": model.file,
            "variant": model.variant,
            "options": dict(model.options),
            "property": run.prop.name,
        },
    )


def _pcap(run: Judged) -> bytes:
    """The capture.

    Raises:
        SourceError: the packets file is wrong, or does not fit the run.
    """
    # Here, because the other formats need no parser library.
    from verifier.packets.capture import frames, pcap
    from verifier.packets.parser import read_packets

    path = run.packets or Path(run.model.file).with_suffix(".packets")
    if run.packets is None and not path.exists():
        complain(
            [
                f"nothing says what the messages of {run.model.file} look like on the wire",
                f"  write {path.as_posix()}, or name a file with --packets (docs/export.md)",
            ]
        )
        raise SystemExit(int(Exit.USAGE))
    return pcap(frames(run.told, read_packets(path), run.model.options))


FORMATS = {
    "html": Format(
        "a page to go through step by step, all in one file",
        lambda run: page(seen(run.model, run.prop, run.fault, run.told)).encode(),
    ),
    "mermaid": Format("a Mermaid sequence diagram", lambda run: mermaid(_sequence(run)).encode()),
    "plantuml": Format("a PlantUML sequence diagram", lambda r: plantuml(_sequence(r)).encode()),
    "svg": Format("a picture, in one SVG file", lambda run: svg(_sequence(run)).encode()),
    "itf": Format("the Informal Trace Format of Apalache and Quint", _itf),
    "json": Format("one JSON object (docs/run.schema.json)", _json),
    "pcap": Format("the messages as packets, for Wireshark", _pcap),
}


def _outputs(command: Callable[..., None]) -> Callable[..., None]:
    """One option for each format."""
    for name, known in reversed(FORMATS.items()):
        text = f"Write {known.summary}; - is the standard output."
        command = click.option(f"--{name}", metavar="OUT", help=text)(command)
    return command


@click.command("export")
@run_file
@_outputs
@click.option(
    "--changes/--no-changes", default=True, help="In diagrams: the variables that change."
)
@click.option(
    "--packets",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What messages look like on the wire; else MODEL.packets, beside the model.",
)
@model_option
def export_command(
    file: Path, changes: bool, packets: Path | None, model: Path | None, **outs: str | None
) -> None:
    """Write the run in FILE in other formats, after it has been judged."""
    wanted = {name: out for name, out in outs.items() if out is not None}
    if packets is not None and "pcap" not in wanted:
        raise click.UsageError("--packets is for --pcap, which is not asked for")
    _refuse_bad_outputs(file, wanted)
    found, prop, trace, fault = judged_run(file, model)
    run = Judged(found, prop, fault, journal(found.system, trace), changes, packets)
    for name, out in wanted.items():
        try:
            content = FORMATS[name].write(run)
        except SourceError as error:
            for mistake in error.diagnostics:
                complain(underline(mistake, {}).splitlines())
            raise SystemExit(int(Exit.MODEL)) from None
        if out == "-":
            click.echo(content, nl=False)
            continue
        try:
            _save(Path(out), content)
        except OSError as error:
            complain([f"{out}: {error.strerror}"])
            raise SystemExit(int(Exit.USAGE)) from None


def _refuse_bad_outputs(file: Path, wanted: dict[str, str]) -> None:
    if not wanted:
        flags = ", ".join(f"--{name}" for name in FORMATS)
        raise click.UsageError(f"say what to write and where: {flags}")
    places = [out if out == "-" else str(Path(out).resolve()) for out in wanted.values()]
    if len(set(places)) < len(places):
        raise click.UsageError("two formats cannot go to the same place")
    if str(file.resolve()) in places:
        raise click.UsageError(f"{file} is the run itself; write somewhere else")


def _save(path: Path, content: bytes) -> None:
    """Writes the file, or leaves what was there: never half of it."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a pipe or a device; a directory says what it is
        return
    draft = path.parent / f"{path.name}.part"
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
