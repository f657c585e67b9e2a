"""The directory of a certificate: what is in it, and whether it is still what was written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from verifier import __version__
from verifier.certificates.conditions import Texts

FORMAT = "verify-certificate/1"
MANIFEST = "certificate.json"
INVARIANT = "invariant.mdl"
README = "README"


class CertificateError(Exception):
    """What is in the directory is not a certificate, or no longer the one that was written."""


class Manifest(msgspec.Struct, frozen=True):
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
        "must answer unsat to every question, or run `verify certificate check` on this directory, which also sees that "
        "these files say what the model says.\n"
    )


def conditions(texts: Texts) -> dict[str, str]:
    """The files of the conditions by name."""
    return {
        "initiation.smt2": texts.initiation,
        "consecution.smt2": texts.consecution,
        "safety.smt2": texts.safety,
    }


def save(directory: Path, manifest: Manifest, texts: Mapping[str, str]) -> Manifest:
    """Writes the files with a manifest of them, and that manifest's README.

    Raises:
        CertificateError: something else is there already.
    """
    if directory.exists() and any(directory.iterdir()) and not (directory / MANIFEST).is_file():
        raise CertificateError(f"{directory} is not empty and holds no certificate")
    every = {**texts, README: readme(manifest)}
    done = msgspec.structs.replace(
        manifest,
        format=FORMAT,
        version=__version__,
        files={place: digest(text.encode()) for place, text in sorted(every.items())},
    )
    for place, text in every.items():
        (directory / place).parent.mkdir(parents=True, exist_ok=True)
        (directory / place).write_bytes(text.encode())
    encoded = msgspec.json.format(msgspec.json.encode(done), indent=2)
    (directory / MANIFEST).write_bytes(encoded + b"\n")
    return done


def opened(directory: Path) -> tuple[Manifest, dict[str, str]]:
    """The manifest and the files that it names.

    Raises:
        CertificateError: there is no certificate, or a file is missing or has changed.
    """
    path = directory / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError:
        raise CertificateError(f"there is no {MANIFEST} in {directory}") from None
    except msgspec.DecodeError as error:
        raise CertificateError(f"{path} is not the manifest of a certificate: {error}") from None
    if manifest.format != FORMAT:
        raise CertificateError(f"{path} is of the format {manifest.format}, not {FORMAT}")
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
    return manifest, texts


def digest(content: bytes) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()
