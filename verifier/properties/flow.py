"""A flow as a goal of a system with a monitor beside it.

The monitor has one bit per line of the flow, and one more: bit k says that some choice of where
the flow began has seen its first k lines by now.  That is the subset construction: the monitor is
deterministic, so labels stay those of the model, and a run of the product is a run of the model
with the bits left out.  The road not taken: a phase that a step may or may not advance; it needs a
choice in every label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from verifier.ir import types
from verifier.ir.build import FALSE, TRUE, both, conjunction, disjunction, negate
from verifier.ir.expr import Expr, Var, make
from verifier.ir.problem import BadState, SafetyProblem
from verifier.ir.property import Flow
from verifier.ir.rewrite import apart, replace_leaves
from verifier.ir.system import Action, TransitionSystem, Variable
from verifier.traces.trace import Step, Trace
from verifier.transform import Transformed


def encode_flow(system: TransitionSystem, flow: Flow) -> Transformed:
    """The problem whose bad state is the end of the flow."""
    bits = tuple(f"flow {k}" for k in range(len(flow.events) + 1))
    product = TransitionSystem(
        name=system.name,
        # The bits are ghosts: a flow may ask for the value of a ghost.
        variables=(
            *system.variables,
            *(Variable(bit, types.BOOL, ghost=True, hidden=True) for bit in bits),
        ),
        initial=tuple(_begun(action, bits, flow) for action in system.initial),
        actions=tuple(_watched(action, bits, flow) for action in system.actions),
        nodes=system.nodes,
        stamp_gap=system.stamp_gap,
    )
    done = both(make(Var, bits[-1], types.BOOL), flow.finish)
    width = len(system.variables)
    return Transformed(
        SafetyProblem(product, (BadState(flow.name, done),)), lambda trace: _narrowed(trace, width)
    )


def _begun(action: Action, bits: tuple[str, ...], flow: Flow) -> Action:
    """Initial states: nothing is seen, and the flow may begin where its start holds."""
    seen: dict[str, Expr] = dict.fromkeys(bits, FALSE)
    seen[bits[0]] = _after(action, flow.start)
    return replace(action, assignments={**action.assignments, **seen})


def _watched(action: Action, bits: tuple[str, ...], flow: Flow) -> Action:
    """A bit stays or is reached from the one before it by a step that is the line between; a step
    that must not be in the flow clears all; and the flow may begin in any state."""
    allowed = negate(disjunction(_match(event.matches, action) for event in flow.without))
    bit = [make(Var, name, types.BOOL) for name in bits]
    seen: dict[str, Expr] = {
        bits[0]: disjunction((both(allowed, bit[0]), _after(action, flow.start)))
    }
    for k, event in enumerate(flow.events, start=1):
        advanced = conjunction((bit[k - 1], _match(event.matches, action)))
        seen[bits[k]] = both(allowed, disjunction((bit[k], advanced)))
    changed = {name: new for name, new in seen.items() if not _is_itself(new, name)}
    # Coverage is told of the model's own exploration; here it would only cost code and time.
    return replace(action, assignments={**action.assignments, **changed}, branches=())


def _is_itself(expr: Expr, name: str) -> bool:
    return isinstance(expr, Var) and expr.name == name


def _match(matches: Mapping[str, Expr], action: Action) -> Expr:
    return matches.get(action.name, FALSE)


def _after(action: Action, predicate: Expr) -> Expr:
    """The predicate about the state that the action leads to."""
    if predicate is TRUE:
        return TRUE
    return replace_leaves(
        apart(predicate, {parameter.variable.name for parameter in action.parameters}),
        lambda node: action.assignments.get(node.name, node) if isinstance(node, Var) else None,
    )


def _narrowed(trace: Trace, width: int) -> Trace:
    return Trace(
        trace.start,
        trace.initial[:width],
        tuple(
            Step(step.label, None if step.state is None else step.state[:width])
            for step in trace.steps
        ),
        trace.loop_start,
    )
