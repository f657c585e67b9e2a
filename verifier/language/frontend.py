"""From source files to a model: variant and settings chosen, read, checked and lowered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from pathlib import Path

from verifier.ir import types as ir
from verifier.language import ast
from verifier.language.codes import Code
from verifier.language.elaborate.declarations import Placed, constant_frame, option_text, options
from verifier.language.elaborate.frame import is_poison
from verifier.language.elaborate.model import build, new_program
from verifier.language.elaborate.program import Program, Setting
from verifier.language.elaborate.types import option_type
from verifier.language.files import Sources, read_sources
from verifier.language.model import (
    DEFAULT_VARIANT,
    BoundsNeeded,
    Choice,
    ChoiceError,
    Expectation,
    ExpectedCount,
    ExpectedVerdict,
    Model,
)
from verifier.language.names import check_names
from verifier.language.tables import similar
from verifier.source import Diagnostic, SourceError, Span


def load_anew(
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> Model:
    """As `load.load`, whatever was kept."""
    return lower_sources(read_sources(path), path, variant, settings, open_options)


def lower_sources(
    sources: Sources,
    path: Path,
    variant: str | None,
    settings: Mapping[str, str],
    open_options: Set[str] = frozenset(),
) -> Model:
    """As `load.load`, of texts that need not be those of the files; ``path`` is the main one."""
    tables = check_names(sources)
    main = sources.files[sources.main]
    variants = {d.name.text: d for d in main.declarations if isinstance(d, ast.Variant)}
    chosen = _variant(variants, variant)
    values = _inherited(variants, chosen, sources.main) if chosen is not None else {}
    known = _option_names(sources)
    for name, text in settings.items():
        values[name] = Setting(_parse_setting(name, text, known, sources.main), sources.main)
    for name in sorted(open_options):
        _check_open(name, known, settings)
        values.pop(name, None)  # also what a variant says: the question is stronger
    program = new_program(sources, tables, values, open_options)
    placed = options(program)
    for name in sorted(open_options):
        _check_open_type(program, placed[name])
    try:
        system, properties = build(program, _name(main, path))
    except SourceError as error:
        _blame_settings(error, settings)
        if program.needed:
            raise BoundsNeeded(error.diagnostics, program.needed) from None
        raise
    _check_references(sources, variants, {prop.name for prop in properties})
    return Model(
        name=_name(main, path),
        file=path.as_posix(),
        variant=chosen.name.text if chosen is not None else DEFAULT_VARIANT,
        options={name: option_text(program, where) for name, where in placed.items()},
        texts=dict(sources.texts),
        system=system,
        properties=properties,
        expectations=_expectations(program, main),
        variants=tuple(variants),
        bounds=tuple(_of_role(placed, ast.OptionRole.BOUND)),
        fixes=_choices(program, placed, ast.OptionRole.FIX),
        assumptions=_choices(program, placed, ast.OptionRole.ASSUMPTION),
        default=next((v.name.text for v in variants.values() if v.default), DEFAULT_VARIANT),
    )


def _of_role(placed: Mapping[str, Placed], role: ast.OptionRole) -> dict[str, ast.Option]:
    """The options of a role by name, in order."""
    return {
        name: where.declaration
        for name, where in placed.items()
        if isinstance(where.declaration, ast.Option) and where.declaration.role is role
    }


def _choices(
    program: Program, placed: Mapping[str, Placed], role: ast.OptionRole
) -> tuple[Choice, ...]:
    found = []
    for name, option in _of_role(placed, role).items():
        frame = constant_frame(program, placed[name].file)
        of = option_type(frame, option)
        default = program.constant(frame, option.default, of)
        found.append(
            Choice(
                option=name,
                values=tuple(ir.show(of, value) for value in ir.values(of)),
                default="" if is_poison(default) else ir.show(of, default.value),
                needs=option.needs,
                costs=option.costs,
                requirements=tuple(requirement.id for requirement in option.ids),
            )
        )
    return tuple(found)


def _name(main: ast.File, path: Path) -> str:
    return main.model.text if main.model is not None else path.stem


def _variant(variants: Mapping[str, ast.Variant], asked: str | None) -> ast.Variant | None:
    defaults = [v for v in variants.values() if v.default]
    if len(defaults) > 1:
        second = defaults[1]
        raise SourceError(
            (
                Diagnostic(
                    Code.DECLARED_TWICE,
                    "two default variants",
                    second.name.span,
                    cause=f"the other one is at {defaults[0].name.span}",
                ),
            )
        )
    if asked is None or (asked == DEFAULT_VARIANT and asked not in variants):
        return defaults[0] if defaults else None
    if asked not in variants:
        known = ", ".join(variants) or "none are declared"
        raise ChoiceError(
            f"there is no variant '{asked}'", similar(asked, list(variants)) or f"variants: {known}"
        )
    return variants[asked]


def _inherited(
    variants: Mapping[str, ast.Variant], variant: ast.Variant, file: str
) -> dict[str, Setting]:
    """The settings of a variant over those of the one it extends."""
    chain: list[ast.Variant] = []
    current: ast.Variant | None = variant
    while current is not None:
        if current in chain:
            raise SourceError(
                (Diagnostic(Code.CYCLE, "a variant extends itself", current.name.span),)
            )
        chain.append(current)
        if current.extends is None:
            break
        base = current.extends
        current = variants.get(base.text)
        if current is None:
            raise SourceError((_no_variant(base, variants),))
    found: dict[str, Setting] = {}
    for one in reversed(chain):
        found.update({s.name.text: Setting(s.value, file) for s in one.settings})
    return found


def _no_variant(name: ast.Ident, variants: Mapping[str, ast.Variant]) -> Diagnostic:
    return Diagnostic(
        Code.UNKNOWN_VARIANT,
        f"there is no variant '{name.text}'",
        name.span,
        hint=similar(name.text, list(variants))
        or f"variants: {', '.join(variants) or 'none are declared'}",
    )


def _option_names(sources: Sources) -> list[str]:
    return [
        d.name.text
        for file in sources.files.values()
        for d in file.declarations
        if isinstance(d, ast.Option)
    ]


def _check_open(name: str, known: list[str], settings: Mapping[str, str]) -> None:
    if name not in known:
        hint = similar(name, known) or f"options: {', '.join(sorted(known)) or 'none'}"
        raise ChoiceError(f"there is no option '{name}'", hint)
    if name in settings:
        raise ChoiceError(
            f"the option '{name}' is set to {settings[name]} and left open", "one or the other"
        )


def _check_open_type(program: Program, placed: Placed) -> None:
    """What is left open is chosen at the start, among values that can be counted."""
    option = placed.declaration
    assert isinstance(option, ast.Option)
    of = option_type(constant_frame(program, placed.file), option)
    if ir.scalar_range(of) is None:
        raise ChoiceError(
            f"the option '{option.name.text}' cannot be left open",
            "only a bool, an enumeration or an int with bounds can",
        )


def _parse_setting(name: str, text: str, known: list[str], file: str) -> ast.Expr:
    """The value of ``--set NAME=VALUE``: true, false, a number, or a label."""
    if name not in known:
        hint = similar(name, known) or f"options: {', '.join(sorted(known)) or 'none'}"
        raise ChoiceError(f"there is no option '{name}'", hint)
    span = Span(file, 1, 1, 1, 1)
    if text in ("true", "false"):
        return ast.Truth(text == "true", span)
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return ast.Integer(int(text), span)
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text):
        return ast.Name(text, span)
    raise ChoiceError(f"'{text}' is not a value for option '{name}'", "true, 3, or a label")


def _blame_settings(error: SourceError, settings: Mapping[str, str]) -> None:
    """A mistake in a value from the command line is not a mistake of the model."""
    ours = [d for d in error.diagnostics if d.span.line == 1 and d.span.end_column == 1]
    if ours and settings:
        given = ", ".join(f"{name}={text}" for name, text in settings.items())
        wrong = [f"'{text}' is no value of the option '{name}'" for name, text in settings.items()]
        raise ChoiceError(
            f"--set {given}: {wrong[0] if len(wrong) == 1 else ours[0].message}",
            ours[0].hint or ours[0].cause or "its declaration says which values it has",
        )


def _check_references(
    sources: Sources, variants: Mapping[str, ast.Variant], names: set[str]
) -> None:
    """Variants that are extended and expected, and properties that are expected, must exist."""
    wrong: list[Diagnostic] = []
    for declaration in sources.files[sources.main].declarations:
        named: ast.Ident | None = None
        if isinstance(declaration, ast.Variant):
            named = declaration.extends
        elif isinstance(declaration, ast.Expect):
            named = declaration.variant
        if named is not None and named.text not in variants:
            wrong.append(_no_variant(named, variants))
        if isinstance(declaration, ast.Expect):
            for item in declaration.items:
                if isinstance(item, ast.ExpectVerdict) and item.property not in names:
                    wrong.append(
                        Diagnostic(
                            Code.UNKNOWN_PROPERTY,
                            f'there is no property "{item.property}"',
                            item.span,
                            hint=similar(item.property, sorted(names)),
                        )
                    )
    if wrong:
        raise SourceError(tuple(wrong))


def _expectations(program: Program, main: ast.File) -> tuple[Expectation, ...]:
    found = []
    for declaration in main.declarations:
        if isinstance(declaration, ast.Expect):
            items: list[ExpectedVerdict | ExpectedCount] = []
            for item in declaration.items:
                if isinstance(item, ast.ExpectVerdict):
                    items.append(
                        ExpectedVerdict(
                            item.verdict, item.property, item.steps, item.states, item.span
                        )
                    )
                else:
                    items.append(ExpectedCount(item.what, item.count, item.span))
            found.append(
                Expectation(
                    variant=declaration.variant.text if declaration.variant else None,
                    settings={
                        s.name.text: program.text(s.value.span) for s in declaration.settings
                    },
                    items=tuple(items),
                    origin=declaration.span,
                )
            )
    return tuple(found)
