"""The directory of a certificate: what is in it, and whether it is still what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from verifier import __version__
from verifier.certificates.conditions import Texts

FORMAT = "verify-certificate/1"
MANIFEST = "certificate.json"
INVARIANT = "invariant.mdl"
README = "README"
CONDITIONS = ("initiation.smt2", "consecution.smt2", "safety.smt2")


class CertificateError(Exception):
    """What is in the directory is not a certificate, or no longer the one that was written."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was proved of which model.  ``main`` is the model's file in the directory; ``files`` are
    the digests of all other files (SHA-256), by their place."""

    format: str
    version: str
    model: str
    main: str
    variant: str
    options: dict[str, str]
    bounds_lifted: tuple[str, ...]
    properties: dict[str, str]  # name -> kind
    files: dict[str, str]


def readme(manifest: Manifest) -> str:
    """Three sentences: what this is, why it is a proof, how it is checked."""
    names = ", ".join(f'"{name}"' for name in manifest.properties)
    return (
        f"This directory proves {names} for the model {manifest.model} (variant "
        f"{manifest.variant}) in {manifest.main}: the claims in {INVARIANT} hold in every state "
        "that can be reached.\n"
        "They hold in the initial states (initiation.smt2), every step from a state in which all "
        "of them hold leads to one in which they do (consecution.smt2), and where they hold "
        "nothing that the properties forbid can happen (safety.smt2).\n"
        "Give each .smt2 file to any SMT solver (cvc5 --full-saturate-quant FILE, z3 FILE), which "
        "must answer unsat to every question, or run `verify certificate check` on this "
        "directory, which also sees that these files say what the model says.\n"
    )


def conditions(texts: Texts) -> dict[str, str]:
    """The files of the conditions by name."""
    every = (texts.initiation, texts.consecution, texts.safety)
    return dict(zip(CONDITIONS, every, strict=True))


def save(directory: Path, manifest: Manifest, texts: Mapping[str, str]) -> Manifest:
    """Writes the files with a manifest of them, and that manifest's README.

    They are written beside the directory and take its place when all of them are there: whatever
    happens in between, a certificate is whole or not there.

    Raises:
        CertificateError: something else is there already.
    """
    _only_a_certificate(directory)
    every = {**texts, README: readme(manifest)}
    done = msgspec.structs.replace(
        manifest,
        format=FORMAT,
        version=__version__,
        files={place: digest(text.encode()) for place, text in sorted(every.items())},
    )
    encoded = msgspec.json.format(msgspec.json.encode(done), indent=2)
    directory.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{directory.name}.", dir=directory.parent) as beside:
        new, old = Path(beside) / "new", Path(beside) / "old"
        new.mkdir()
        for place, text in every.items():
            (new / place).parent.mkdir(parents=True, exist_ok=True)
            (new / place).write_bytes(text.encode())
        (new / MANIFEST).write_bytes(encoded + b"\n")
        if directory.exists():
            directory.rename(old)
        new.rename(directory)
    return done


def _only_a_certificate(directory: Path) -> None:
    """What stands where a certificate is to be written goes with it: it must not be other work."""
    there = _files(directory)
    if not there:
        return
    if directory / MANIFEST not in there:
        raise CertificateError(f"{directory} is not empty and holds no certificate")
    known = {directory / place for place in (MANIFEST, *_manifest(directory).files)}
    for file in sorted(there - known):
        raise CertificateError(f"{file} is in the way: it is no part of the certificate there")


def _files(directory: Path) -> set[Path]:
    return {file for file in directory.rglob("*") if not file.is_dir()}


def _manifest(directory: Path) -> Manifest:
    path = directory / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError:
        raise CertificateError(f"there is no {MANIFEST} in {directory}") from None
    except msgspec.DecodeError as error:
        raise CertificateError(f"{path} is not the manifest of a certificate: {error}") from None
    return manifest


def opened(directory: Path) -> tuple[Manifest, dict[str, str]]:
    """The manifest and the files that it names.

    Raises:
        CertificateError: there is no certificate, or a file is missing or has changed.
    """
    manifest = _manifest(directory)
    if manifest.format != FORMAT:
        raise CertificateError(
            f"{directory / MANIFEST} is of the format {manifest.format}, not {FORMAT}"
        )
    texts = {}
    for place, known in manifest.files.items():
        file = directory / place
        if not file.resolve().is_relative_to(directory.resolve()):
            raise CertificateError(f"{place} is outside of the certificate")
        try:
            content = file.read_bytes()
        except OSError:
            raise CertificateError(f"{place} is missing") from None
        if digest(content) != known:
            raise CertificateError(f"{place} is not the file that was written: its digest differs")
        try:
            texts[place] = content.decode()
        except UnicodeDecodeError:
            raise CertificateError(f"{place} is not text") from None
    unlisted = _files(directory) - {directory / place for place in (MANIFEST, *manifest.files)}
    if unlisted:
        raise CertificateError(f"{min(unlisted)} is no part of the certificate")
    if texts.get(README) != readme(manifest):
        raise CertificateError(f"{README} is not what {MANIFEST} gives")
    return manifest, texts


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()
