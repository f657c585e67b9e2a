"""Saving a search while it runs, and going on from what was saved.

A checkpoint is a folder with one manifest and the files that it names, each with its digest.  New
files are written beside the old ones, the manifest is renamed into place last, and only then are
files removed that no manifest names: so a process that is killed at any moment leaves a complete
checkpoint behind.  States and parents never change once they are there, so each save writes only
those that are new; the table is made again from the states.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from verifier import __version__
from verifier.engines.interface import CheckpointError, Saving
from verifier.engines.native.block import Block, Control
from verifier.engines.native.growth import full
from verifier.engines.native.memory import Region
from verifier.engines.native.state import Found, Search, Sighting
from verifier.engines.native.workspace import Words, Workspace, connect

FORMAT = "verify-checkpoint/1"
MANIFEST = "manifest.json"
CHUNK_BYTES = 2**24
_NUMBERS = (Block.TRANSITIONS, Block.TERMINAL, Block.COUNT, Block.ROUND)
_POSITIONS = (Control.CURSOR, Control.LEVEL_END, Control.DEPTH, Control.NEXT_COUNT)


class Piece(msgspec.Struct, frozen=True):
    """A file of a checkpoint: so many bytes of a region from ``start`` on."""

    file: str
    start: int
    bytes: int
    digest: str


class OwnerPieces(msgspec.Struct, frozen=True):
    """What is saved of an owner; tables and levels in compact runs only."""

    table_size: int
    bases: tuple[int, int]
    states: list[Piece]
    parents: list[Piece]
    ordinals: list[Piece]
    table: list[Piece]
    level: list[Piece]


class WorkerNumbers(msgspec.Struct, frozen=True):
    """What a worker has counted and seen."""

    numbers: list[int]
    fired: list[int]
    untaken: list[list[int]]
    sightings: list[int]
    faults: list[int]


class Manifest(msgspec.Struct, frozen=True):
    """All of a checkpoint; ``bads`` and ``faults`` are what was seen first, by number."""

    format: str
    version: str
    problem: str
    words: int
    owners: int
    compact: bool
    positions: list[int]
    workers: list[WorkerNumbers]
    pieces: list[OwnerPieces]
    frontier: list[Piece]
    next: list[Piece]
    bads: dict[str, tuple[int, int]]
    faults: dict[str, tuple[int, int]]


@dataclass(slots=True)
class Place:
    """Where a search is saved, and what is there already."""

    folder: Path
    problem: str
    every_seconds: float
    resume: bool
    saved_at: float = field(default_factory=time.monotonic)
    last: Manifest | None = None
    serial: int = 0

    def due(self) -> bool:
        """Whether it is time to save again."""
        return time.monotonic() - self.saved_at >= self.every_seconds


def place(saving: Saving, problem: str) -> Place:
    """The place of the search of a problem; a model with flows has several searches."""
    return Place(saving.directory / problem[:24], problem, saving.every_seconds, saving.resume)


# ---- saving ------------------------------------------------------------------------------------


def save(where: Place, search: Search) -> None:
    """Writes a checkpoint.  Every record that was made has been inserted."""
    workspace = search.workspace
    where.folder.mkdir(parents=True, exist_ok=True)
    where.serial += 1
    shape, control = workspace.shape, workspace.control
    pieces = []
    for number, owner in enumerate(workspace.owners):
        count = workspace.workers[number].block[Block.COUNT]
        old = where.last.pieces[number] if where.last is not None else None
        size = shape.words * 8
        if shape.compact:
            assert owner.ordinals is not None and owner.level is not None
            low, high = owner.bases
            written = OwnerPieces(
                owner.table_size,
                owner.bases,
                _write(where, f"states{number}", owner.arena, 0, (count - high) * size, []),
                _grown(
                    where, f"parents{number}", owner.parents, count * 4, old.parents if old else []
                ),
                _grown(
                    where,
                    f"ordinals{number}",
                    owner.ordinals,
                    count * 4,
                    old.ordinals if old else [],
                ),
                _write(where, f"table{number}", owner.table, 0, owner.table_size * 8, []),
                _write(where, f"level{number}", owner.level, 0, (high - low) * size, []),
            )
        else:
            written = OwnerPieces(
                owner.table_size,
                owner.bases,
                _grown(
                    where, f"states{number}", owner.arena, count * size, old.states if old else []
                ),
                _grown(
                    where, f"parents{number}", owner.parents, count * 4, old.parents if old else []
                ),
                [],
                [],
                [],
            )
        pieces.append(written)
    listed = shape.owners > 1
    level_bytes = control[Control.LEVEL_END] * 4 if listed else 0
    next_bytes = control[Control.NEXT_COUNT] * 4 if listed else 0
    manifest = Manifest(
        FORMAT,
        __version__,
        where.problem,
        shape.words,
        shape.owners,
        shape.compact,
        [control[word] for word in _POSITIONS],
        [
            WorkerNumbers(
                [worker.block[word] for word in _NUMBERS],
                list(worker.fired),
                [list(marks) for marks in worker.untaken],
                list(worker.sightings),
                list(worker.faults),
            )
            for worker in workspace.workers
        ],
        pieces,
        _write(where, "frontier", workspace.frontier, 0, level_bytes, []),
        _write(where, "next", workspace.next, 0, next_bytes, []),
        {str(n): (s.state, s.ordinal) for n, s in search.found.bads.items()},
        {str(n): (s.state, s.ordinal) for n, s in search.found.faults.items()},
    )
    _replace(where.folder / MANIFEST, msgspec.json.encode(manifest))
    where.last = manifest
    where.saved_at = time.monotonic()
    _remove_unnamed(where.folder, manifest)


def _grown(where: Place, name: str, region: Region, stop: int, before: list[Piece]) -> list[Piece]:
    """What was saved before, and a piece with what has been added since."""
    start = sum(piece.bytes for piece in before)
    return _write(where, name, region, start, stop, before)


def _write(
    where: Place, name: str, region: Region, start: int, stop: int, before: list[Piece]
) -> list[Piece]:
    if stop <= start:
        return before
    file = f"{name}.{where.serial}.part"
    whole = hashlib.sha256()
    with open(where.folder / file, "wb") as out:
        for at in range(start, stop, CHUNK_BYTES):
            with region.view(at, min(at + CHUNK_BYTES, stop)) as view:
                whole.update(view)
                out.write(view)
        out.flush()
        os.fsync(out.fileno())
    return [*before, Piece(file, start, stop - start, whole.hexdigest())]


def _replace(path: Path, content: bytes) -> None:
    """Writes a file aside and renames it, so that there is always a whole one."""
    aside = path.with_suffix(".new")
    with open(aside, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(aside, path)


def _named(manifest: Manifest) -> list[Piece]:
    found = [*manifest.frontier, *manifest.next]
    for owner in manifest.pieces:
        found += [
            *owner.states, *owner.parents, *owner.ordinals, *owner.table, *owner.level,
        ]  # fmt: skip
    return found


def _remove_unnamed(folder: Path, manifest: Manifest) -> None:
    named = {piece.file for piece in _named(manifest)}
    for path in folder.glob("*.part"):
        if path.name not in named:
            path.unlink(missing_ok=True)


# ---- going on ----------------------------------------------------------------------------------


def restore(where: Place, search: Search) -> bool:
    """Fills the memory of a search from its checkpoint; False if it was never saved.

    Raises:
        CheckpointError: what is there belongs to another search, or is damaged.
    """
    path = where.folder / MANIFEST
    if not where.resume or not path.exists():
        return False
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise CheckpointError(f"{path} cannot be read: {error}") from None
    _compare(where, search, manifest)
    workspace = search.workspace
    for number, pieces in enumerate(manifest.pieces):
        _restore_owner(where, search, number, pieces, manifest.workers[number])
    for word, position in zip(_POSITIONS, manifest.positions, strict=True):
        workspace.control[word] = position
    _read(where, workspace.frontier, manifest.frontier)
    _read(where, workspace.next, manifest.next)
    workspace.frontier.enlarge(workspace.next.size_bytes)
    workspace.next.enlarge(workspace.frontier.size_bytes)
    workspace.workers[0].order.enlarge(workspace.next.size_bytes)
    connect(workspace)
    for number, worker in enumerate(workspace.workers):
        if not workspace.shape.compact:
            search.tiers.code.rebuild(ctypes.addressof(worker.block))
        worker.block[Block.ROOM] = full(workspace, number)
    search.found = Found(
        {int(n): Sighting(*row) for n, row in manifest.bads.items()},
        {int(n): Sighting(*row) for n, row in manifest.faults.items()},
    )
    where.last = manifest
    where.serial = max((int(piece.file.rsplit(".", 2)[1]) for piece in _named(manifest)), default=0)
    search.drained = True
    return True


def _compare(where: Place, search: Search, manifest: Manifest) -> None:
    shape = search.workspace.shape
    for what, saved, now in (
        ("format", manifest.format, FORMAT),
        ("version of verify", manifest.version, __version__),
        ("model", manifest.problem, where.problem),
        ("layout (words of a state)", manifest.words, shape.words),
        ("number of workers", manifest.owners, shape.owners),
        ("way of keeping states", manifest.compact, shape.compact),
    ):
        if saved != now:
            raise CheckpointError(
                f"{where.folder} was saved for another {what}: {saved}, and this is {now}"
            )


def _restore_owner(
    where: Place, search: Search, number: int, pieces: OwnerPieces, numbers: WorkerNumbers
) -> None:
    workspace: Workspace = search.workspace
    owner, worker = workspace.owners[number], workspace.workers[number]
    owner.table = Region(pieces.table_size * 8, huge=True)
    owner.table_size, owner.bases = pieces.table_size, pieces.bases
    _read(where, owner.arena, pieces.states)
    _read(where, owner.parents, pieces.parents)
    if owner.ordinals is not None and owner.level is not None:
        _read(where, owner.ordinals, pieces.ordinals)
        _read(where, owner.table, pieces.table)
        _read(where, owner.level, pieces.level)
    for word, value in zip(_NUMBERS, numbers.numbers, strict=True):
        worker.block[word] = value
    pairs: list[tuple[Words, list[int]]] = [
        (worker.fired, numbers.fired),
        (worker.sightings, numbers.sightings),
        (worker.faults, numbers.faults),
        *zip(worker.untaken, numbers.untaken, strict=True),
    ]
    for target, saved in pairs:
        for index, value in enumerate(saved):
            target[index] = value


def _read(where: Place, region: Region, pieces: list[Piece]) -> None:
    """Reads the pieces of a region, each checked against its digest."""
    for piece in pieces:
        region.enlarge(piece.start + piece.bytes)
        path = where.folder / piece.file
        whole = hashlib.sha256()
        try:
            with open(path, "rb") as file:
                for at in range(piece.start, piece.start + piece.bytes, CHUNK_BYTES):
                    stop = min(at + CHUNK_BYTES, piece.start + piece.bytes)
                    with region.view(at, stop) as view:
                        got: Any = file.readinto(view)
                        whole.update(view[:got])
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error}") from None
        if whole.hexdigest() != piece.digest:
            raise CheckpointError(f"{path} is damaged: its digest is not the one in the manifest")
