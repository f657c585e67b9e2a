"""Certificates of whole models: written, and derived again from the sources that lie beside them.

That the files of a certificate are unsatisfiable says nothing if they are not the conditions of
this model, this property and this invariant.  So checking reads the model and the invariant again,
as the language does, and compares every condition with what they give, byte for byte.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from verifier import __version__
from verifier.certificates import mdl
from verifier.certificates.check import Outcome, Refused, Run, Undecided, solved
from verifier.certificates.conditions import certificate_texts
from verifier.certificates.counterexample import Claim, counterexample
from verifier.certificates.directory import (
    CONDITIONS,
    INVARIANT,
    MANIFEST,
    README,
    CertificateError,
    Manifest,
    conditions,
    opened,
    save,
)
from verifier.certificates.reasons import NotEncodable, NotPrintable
from verifier.ir.build import both
from verifier.ir.expr import Expr
from verifier.ir.property import Flow, Invariant, NoFault, Property, Reachable
from verifier.language.load import load
from verifier.language.model import OPEN, ChoiceError, Model, lifted
from verifier.properties.safety import encode
from verifier.source import SourceError

SOURCES = "model"
DERIVED = (INVARIANT, README, *CONDITIONS)
SEARCH_SECONDS_MAX = 8.0  # for a counterexample where a solver gave up


def write(
    directory: Path, model: Model, properties: Sequence[Property], invariant: Sequence[Expr]
) -> Manifest:
    """Writes the certificate that an invariant proves some properties of a model.

    The conditions are those of the invariant as it is read back from its text, so what a person
    reads is what is proved.

    Raises:
        NotPrintable: the invariant has no text in the language.
        NotEncodable: the conditions cannot be said exactly.
        CertificateError: there is something else in the directory.
    """
    places = _places(model)
    manifest = Manifest(
        format="",
        version="",
        model=model.name,
        main=places[model.file],
        variant=model.variant,
        options=dict(model.options),
        bounds_lifted=lifted(model),
        properties={prop.name: type(prop).__name__ for prop in properties},
        files={},
    )
    texts = {place: model.texts[name] for name, place in places.items()}
    texts[INVARIANT] = _imports(model) + mdl.declarations(model.system, invariant)
    try:
        derived = _derived(manifest, texts)
    except SourceError as error:
        # Most of the time a name that the model's main file does not see, or a timer.
        raise NotPrintable(f"the invariant cannot be read back: {error}") from None
    return save(directory, manifest, {**texts, **derived})


def check(
    directory: Path, *, seconds_max: float, deadline: float | None = None, run: Run | None = None
) -> Outcome:
    """Whether a directory holds a proof: derived again, then given to both solvers, which have so
    much time for each question and until the deadline for all of them."""
    try:
        manifest, texts = opened(directory)
        claim = _claimed(manifest, texts)
        derived = _conditions(claim)
    except CertificateError as error:
        return Refused("the files", str(error))
    except (SourceError, ChoiceError, NotEncodable) as error:
        return Refused("the model and the invariant", str(error))
    for place, text in derived.items():
        if texts.get(place) != text:
            return Refused(place, "it is not what the model and the invariant give")
    if manifest.version != __version__:
        return Undecided(
            f"it was written by version {manifest.version}, and this is {__version__}: "
            "check it with that version, or write it again"
        )
    outcome = solved(directory, seconds_max=seconds_max, deadline=deadline, run=run)
    return _searched(claim, deadline) or outcome if isinstance(outcome, Undecided) else outcome


def _searched(claim: Claim, deadline: float | None) -> Refused | None:
    """What is seen to be wrong where a solver gave up."""
    seconds = SEARCH_SECONDS_MAX
    if deadline is not None:
        seconds = min(seconds, deadline - time.monotonic())
    found = counterexample(claim, seconds_max=seconds) if seconds > 0 else None
    return None if found is None else Refused(found.what, found.why)


def _derived(manifest: Manifest, texts: Mapping[str, str]) -> dict[str, str]:
    """The conditions, from the sources of the model and the text of the invariant alone."""
    return _conditions(_claimed(manifest, texts))


def _conditions(claim: Claim) -> dict[str, str]:
    return conditions(
        certificate_texts(
            claim.system,
            claim.bad,
            include_faults=claim.include_faults,
            invariant=claim.invariant,
        )
    )


def _claimed(manifest: Manifest, texts: Mapping[str, str]) -> Claim:
    """What is to be proved, from the sources of the model and the text of the invariant alone."""
    if manifest.main not in texts or INVARIANT not in texts:
        raise CertificateError("the model or the invariant is missing")
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        for place, text in texts.items():
            if PurePosixPath(place).parts[0] == SOURCES:
                (root / place).parent.mkdir(parents=True, exist_ok=True)
                (root / place).write_bytes(text.encode())
        main = root / manifest.main
        settings = {name: text for name, text in manifest.options.items() if text != OPEN}
        open_options = manifest.options.keys() - settings.keys()
        model = load(main, manifest.variant, settings, open_options)
        # Under the same path, so that the places in the model are the same.
        main.write_bytes(f"{texts[manifest.main]}\n{texts[INVARIANT]}".encode())
        extended = load(main, manifest.variant, settings, open_options)
        _same_as_told(manifest, model)
        read = {Path(os.path.relpath(name, root)).as_posix() for name in extended.texts}
    unread = [place for place in texts if place not in {*read, *DERIVED}]
    if unread:
        raise CertificateError(f"{unread[0]} is no part of the certificate")
    known = {prop.name for prop in model.properties}
    parts = [prop for prop in extended.properties if prop.name not in known]
    others = tuple(prop for prop in extended.properties if prop.name in known)
    if extended.system != model.system or others != model.properties:
        raise CertificateError(f"{INVARIANT} changes the model")
    invariant = []
    for part in parts:
        if not isinstance(part, Invariant):
            raise CertificateError(f'{INVARIANT}: "{part.name}" is not an invariant')
        # A claim without a value is not true, whatever stands for that value in the conditions.
        invariant.append(both(part.defined, part.predicate))
    proved = _proved(manifest, model)
    return Claim(
        model.system,
        encode(model.system, proved).bad,
        any(isinstance(prop, NoFault) for prop in proved),
        invariant,
    )


def _same_as_told(manifest: Manifest, model: Model) -> None:
    """What the manifest says of the model has to be what the model says of itself."""
    told: dict[str, tuple[object, object]] = {
        "model": (manifest.model, model.name),
        "variant": (manifest.variant, model.variant),
        "options": (manifest.options, dict(model.options)),
        "bounds_lifted": (manifest.bounds_lifted, lifted(model)),
    }
    for key, (said, true) in told.items():
        if said != true:
            raise CertificateError(f'{MANIFEST}: "{key}" is not what the model says')


def _proved(manifest: Manifest, model: Model) -> list[Property]:
    """The properties that the certificate is about."""
    known = {prop.name: prop for prop in model.properties}
    found: list[Property] = []
    for name, kind in manifest.properties.items():
        prop = known.get(name)
        if prop is None or type(prop).__name__ != kind:
            raise CertificateError(f'the model has no property "{name}" of this kind')
        if isinstance(prop, (Flow, Reachable)):
            raise CertificateError(f'"{name}" claims that something can happen: no invariant does')
        found.append(prop)
    if not found:
        raise CertificateError("the certificate is about no property")
    return found


def _places(model: Model) -> dict[str, str]:
    """Where each source of a model lies in the directory: as they lie to each other."""
    top = os.path.commonpath([PurePosixPath(name).parent.as_posix() for name in model.texts])
    return {
        name: (PurePosixPath(SOURCES) / os.path.relpath(name, top or ".")).as_posix()
        for name in model.texts
    }


def _imports(model: Model) -> str:
    """The invariant may name what the main file has from files that others import."""
    here = PurePosixPath(model.file).parent.as_posix()
    main = model.texts[model.file]
    paths = (os.path.relpath(name, here or ".") for name in model.texts if name != model.file)
    wanted = sorted(PurePosixPath(path).as_posix() for path in paths)
    return "".join(f'import "{path}"\n' for path in wanted if f'"{path}"' not in main)
