"""A channel that keeps the order in the place of one that does not.

Its messages wait in queues, one for each pair of sender and receiver, and a node takes the first of
a queue that it does not defer.  What it defers is what no receipt of it takes: a message that it
says nothing about is taken by the step that reports it.  What the network loses or doubles is
chosen by its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace

from verifier.ir import types as T
from verifier.ir.build import (
    arithmetic,
    conjunction,
    disjunction,
    equal,
    less,
    literal,
    negate,
    number,
    quantified,
    size,
)
from verifier.ir.expr import (
    At,
    Deliverable,
    Expr,
    Literal,
    Param,
    Put,
    RemoveAt,
    RepeatAt,
    Take,
    Var,
    is_expr,
    make,
    parts,
    walk,
)
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.rewrite import apart, replace_leaves
from verifier.ir.system import Action, Branch, Check, Kind, Parameter, Receipt, Send


class NotOrdered(Exception):
    """Why the order of a channel cannot be kept in a system."""


@dataclass(frozen=True, slots=True)
class _Queue:
    """A channel while it becomes a queue: ``before`` reads it as it was, ``now`` as it will be;
    ``done`` has the expressions that were rewritten."""

    name: str
    old: T.Channel
    new: T.Channel
    before: Var
    now: Var
    done: dict[Expr, Expr]

    def retyped(self, expr: Expr) -> Expr:
        """The same expression over the queue."""
        for node in walk(expr):
            if node not in self.done:
                self.done[node] = self._rebuilt(node)
        return self.done[expr]

    def _rebuilt(self, node: Expr) -> Expr:
        if isinstance(node, Literal) and node.type == self.old:
            assert isinstance(node.value, tuple)
            return literal(tuple(sorted(node.value, key=_by_link)), self.new)
        return make(type(node), *[self._part(part) for part in parts(node)])

    def _part(self, part: object) -> object:
        if isinstance(part, T.Channel) and part == self.old:
            return self.new
        if is_expr(part):
            return self.done.get(part, part)  # the variable of a binder stays
        if isinstance(part, tuple) and any(is_expr(item) for item in part):
            return tuple(self.done[item] for item in part)
        return part


def _by_link(message: T.Value) -> tuple[int, int]:
    pair = T.link(message)
    assert isinstance(pair, tuple)
    sender, receiver = pair
    assert isinstance(sender, int) and isinstance(receiver, int)
    return sender, receiver


def ordered(problem: SafetyProblem, channel: str) -> SafetyProblem:
    """The problem where the channel keeps the order between each two nodes."""
    system = problem.system
    (old,) = (v.type for v in system.variables if v.name == channel)
    assert isinstance(old, T.Channel) and not old.fifo
    others = [v.name for v in system.variables if v.type == old and v.name != channel]
    assert not others, "two channels carry the same messages"
    new = T.Channel(old.message, True, old.capacity)
    before, now = make(Var, channel, old), make(Var, channel, new)
    queue = _Queue(channel, old, new, before, now, {})
    disturbed = {a.name for a in system.actions if _is_disturbance(a) and channel in a.assignments}
    receipts = [a for a in system.actions if a.receives is not None and not _is_disturbance(a)]
    receipts = [a for a in receipts if a.receives is not None and a.receives.channel == channel]
    for action in receipts:
        _message(action, before)
    actions = []
    for action in system.actions:
        if action.name in disturbed:
            made = _by_place(queue, action)
        elif action in receipts:
            made = _first_of_queue(queue, action, receipts)
        else:
            made = action
        actions.append(_retyped(queue, made))
    return SafetyProblem(
        replace(
            system,
            variables=tuple(
                replace(v, type=new) if v.name == channel else v for v in system.variables
            ),
            initial=tuple(_retyped(queue, action) for action in system.initial),
            actions=tuple(actions),
        ),
        tuple(_asked(queue, bad, system.actions, disturbed) for bad in problem.bad),
    )


def _is_disturbance(action: Action) -> bool:
    return action.kind in (Kind.LOSS, Kind.DUPLICATION)


def _message(action: Action, channel: Var) -> Param:
    """The parameter that goes through the messages in the channel."""
    found = [p.variable for p in action.parameters if p.within is channel]
    if len(found) != 1:
        raise NotOrdered(f"{action.name} takes a message in a way of its own")
    return found[0]


def _first_of_queue(queue: _Queue, action: Action, receipts: Iterable[Action]) -> Action:
    """The receipt of messages that are the first of their queue, what the node defers left out."""
    mine = _message(action, queue.before)
    queued = make(Param, f"queued in {queue.name}", queue.old.message)
    taken: list[Expr] = []
    for other in receipts:
        if other.node == action.node:
            message = _message(other, queue.before)
            condition = apart(other.guard, {queued.name})
            for parameter in reversed([p for p in other.parameters if p.variable is not message]):
                variable = parameter.variable
                within = variable.type if parameter.within is None else parameter.within
                condition = quantified("any", variable, within, condition)
            taken.append(_put_in(condition, message, queued))
    deferred = negate(disjunction(taken))
    of = T.List(queue.old.message, queue.old.capacity)
    within = make(Deliverable, queue.before, queued, deferred, of)
    return replace(
        action,
        parameters=tuple(
            Parameter(p.variable, within) if p.variable is mine else p for p in action.parameters
        ),
    )


def _put_in(expr: Expr, variable: Param, what: Expr) -> Expr:
    return replace_leaves(expr, lambda node: what if node is variable else None)


def _place(queue: _Queue) -> Param:
    capacity = queue.old.capacity
    if capacity is None:
        raise NotOrdered(f"the places of {queue.name}, which has no bound, cannot be gone through")
    return make(Param, "place", T.Int(0, capacity - 1))


def _there(queue: _Queue) -> Expr:
    return make(At, queue.before, _place(queue), queue.old.message)


def _by_place(queue: _Queue, action: Action) -> Action:
    """A loss or duplication of the message at a place of the queue; of equal neighbours only the
    first is tried, for the others would do the same."""
    message, place, there = _message(action, queue.before), _place(queue), _there(queue)
    assert isinstance(place.type, T.Int) and place.type.high is not None
    change = action.assignments[queue.name]
    if not isinstance(change, Take | Put) or change.channel is not queue.before:
        raise NotOrdered(f"{action.name} changes {queue.name} in a way of its own")
    kind = RemoveAt if isinstance(change, Take) else RepeatAt
    earlier = arithmetic("-", place, number(1), T.Int(-1, place.type.high - 1))
    previous = make(At, queue.before, earlier, queue.old.message)
    first = disjunction((equal(place, literal(0, place.type)), negate(equal(previous, there))))

    def put_in(expr: Expr) -> Expr:
        return _put_in(apart(expr, {place.name}), message, there)

    receives = action.receives
    return replace(
        action,
        parameters=tuple(
            Parameter(place) if p.variable is message else p for p in action.parameters
        ),
        guard=conjunction((less(place, size(queue.before)), first, put_in(action.guard))),
        checks=tuple(replace(c, condition=put_in(c.condition)) for c in action.checks),
        assignments={
            name: make(kind, queue.before, place, queue.old) if name == queue.name else put_in(expr)
            for name, expr in action.assignments.items()
        },
        receives=None if receives is None else replace(receives, message=there),
        sends=tuple(Send(put_in(s.condition), s.channel, put_in(s.message)) for s in action.sends),
    )


def _retyped(queue: _Queue, action: Action) -> Action:
    """The action over the queue."""
    to = queue.retyped
    receives = action.receives
    return replace(
        action,
        parameters=tuple(
            Parameter(p.variable, None if p.within is None else to(p.within))
            for p in action.parameters
        ),
        guard=to(action.guard),
        checks=tuple(
            Check(c.code, c.kind, c.message, to(c.condition), c.origin) for c in action.checks
        ),
        assignments={name: to(expr) for name, expr in action.assignments.items()},
        receives=None if receives is None else Receipt(receives.channel, to(receives.message)),
        sends=tuple(Send(to(s.condition), s.channel, to(s.message)) for s in action.sends),
        branches=tuple(Branch(b.shown, to(b.condition), b.origin) for b in action.branches),
    )


def _asked(queue: _Queue, bad: Bad, actions: Iterable[Action], disturbed: Set[str]) -> Bad:
    """The question over the queue."""
    match bad:
        case BadState(name, condition):
            return BadState(name, queue.retyped(condition))
        case Stuck(name, final):
            return Stuck(name, queue.retyped(final))
        case BadStep(name, conditions):
            found = {}
            for action in actions:
                if action.name in conditions:
                    claim = conditions[action.name]
                    if action.name in disturbed:
                        message = _message(action, queue.before)
                        claim = _put_in(apart(claim, {"place"}), message, _there(queue))
                    found[action.name] = queue.retyped(claim)
            return BadStep(name, found)
