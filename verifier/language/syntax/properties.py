"""Branches of the concrete tree to properties, flows and expectations of the syntax tree."""

from __future__ import annotations

from verifier.language import ast
from verifier.language.syntax.expressions import expression, number, under
from verifier.language.syntax.tree import (
    Branch,
    first_ident,
    ident,
    idents,
    only_ident,
    quoted,
    requirements,
)

_LIVENESS = {"eventually_decl": "eventually", "leads_to_decl": "leads_to", "ltl_decl": "ltl"}
_OTHERS = (
    "invariant_decl", "lemma_decl", "step_decl", "reachable_decl", "flow_decl", "final_decl",
    "expect_decl",
)  # fmt: skip
RULES = frozenset((*_OTHERS, *_LIVENESS))


def property_declaration(branch: Branch) -> ast.Declaration:
    """A declaration by one of `RULES`."""
    span = branch.span
    match branch.rule:
        case "final_decl":
            return ast.Final(expression(branch.branch(0)), span)
        case "expect_decl":
            settings = tuple(setting(child) for child in branch.branches("setting"))
            items = tuple(
                _expectation(child) for child in branch.branches() if child.rule != "setting"
            )
            variant = first_ident(branch) if branch.has("NAME") else None
            return ast.Expect(variant, settings, items, span)
    name = quoted(branch.word(0))
    ids = requirements(branch)
    match branch.rule:
        case "invariant_decl" | "lemma_decl":
            premise = under(branch.find("premise"))
            predicate = expression(branch.branch(-1))
            lemma = branch.rule == "lemma_decl"
            return ast.InvariantDecl(name, ids, premise, predicate, lemma, span)
        case "step_decl":
            events = tuple(_event(child) for child in branch.branches("event"))
            return ast.StepDecl(name, ids, events, expression(branch.branch(-1)), span)
        case "reachable_decl":
            return ast.ReachableDecl(name, ids, expression(branch.branch(-1)), span)
        case "flow_decl":
            lines = (child for child in branch.branches() if child.rule != "ids")
            return ast.FlowDecl(name, ids, tuple(_flow_line(line) for line in lines), span)
        case rule:
            first, *rest = (expression(child) for child in branch.branches() if child.rule != "ids")
            second = rest[0] if rest else None
            return ast.Liveness(_LIVENESS[rule], name, ids, first, second, span)


def setting(branch: Branch) -> ast.Setting:
    """``option = value`` of a variant or an expectation."""
    return ast.Setting(ident(branch.word(0)), expression(branch.branch(1)), branch.span)


def _flow_line(branch: Branch) -> ast.FlowLine:
    span = branch.span
    match branch.rule:
        case "flow_message":
            sender, receiver = (_node_name(child) for child in branch.branches("node_name"))
            return ast.FlowMessage(
                sender,
                receiver,
                first_ident(branch),
                only_ident(branch.find("binder")),
                under(branch.find("where")),
                span,
            )
        case "flow_do":
            return ast.FlowDo(_event(branch.branch(0)), span)
        case "flow_without":
            return ast.FlowWithout(idents(branch), span)
        case "flow_given":
            return ast.FlowGiven(expression(branch.branch(0)), span)
        case "flow_then":
            return ast.FlowThen(expression(branch.branch(0)), span)
        case _:
            raise AssertionError(f"'{branch.rule}' is not a line of a flow")


def _node_name(branch: Branch) -> ast.NodeName:
    index = next((expression(child) for child in branch.branches()), None)
    return ast.NodeName(first_ident(branch), index, branch.span)


def _event(branch: Branch) -> ast.Event:
    variables = branch.find("event_variables")
    return ast.Event(
        _node_name(branch.branch(0)),
        only_ident(branch.find("event_member")),
        () if variables is None else idents(variables),
        under(branch.find("where")),
        branch.span,
    )


def _expectation(branch: Branch) -> ast.ExpectVerdict | ast.ExpectCount:
    if branch.rule == "expect_count":
        return ast.ExpectCount(branch.word(0).text, number(branch.word(1)), branch.span)
    steps = branch.find("in_steps")
    states = branch.find("at_states")
    return ast.ExpectVerdict(
        branch.rule.removeprefix("expect_"),
        quoted(branch.word(0)),
        None if steps is None else number(steps.word(0)),
        None if states is None else number(states.word(0)),
        branch.span,
    )
