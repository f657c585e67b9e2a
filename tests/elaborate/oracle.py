"""A checker in a hundred lines, straight from the reference semantics and without the engines: what
the tests of the language compare their numbers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verifier.ir import property as claims
from verifier.ir.semantics import evaluate, fire, initial_states, successors
from verifier.ir.system import Check, Label, State, TransitionSystem
from verifier.language.load import load
from verifier.language.model import Model

STATES_MAX = 60_000  # a model of the manual or of a test that is larger is a mistake


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, the length of the shortest run that shows it, and in how many states or labels it
    shows (properties of states and steps only)."""

    verdict: str
    steps: int | None = None
    count: int | None = None


@dataclass(slots=True)
class Graph:
    """All reachable states with their distance, and every label of each with what it leads to."""

    system: TransitionSystem
    distance: dict[State, int] = field(default_factory=dict)
    out: dict[State, list[tuple[Label, State | Check]]] = field(default_factory=dict)

    @property
    def transitions(self) -> int:
        return sum(len(labels) for labels in self.out.values())

    @property
    def depth(self) -> int:
        return max(self.distance.values())

    @property
    def terminal(self) -> int:
        return sum(not labels for labels in self.out.values())

    def faults(self) -> list[tuple[str, int, str]]:
        """Code, steps of the shortest run, and message, of every failing check."""
        found: dict[tuple[str, str], int] = {}
        for state, labels in self.out.items():
            for _, target in labels:
                if isinstance(target, Check):
                    key = (target.code, target.message)
                    found[key] = min(found.get(key, 10**9), self.distance[state] + 1)
        return [(code, steps, text) for (code, text), steps in found.items()]


def graph(system: TransitionSystem) -> Graph:
    """Breadth first, by the reference semantics."""
    found = Graph(system)
    queue: list[State] = []
    for _, state in initial_states(system):
        if state not in found.distance:
            found.distance[state] = 0
            queue.append(state)
    for state in queue:
        found.out[state] = list(successors(system, state))
        for _, target in found.out[state]:
            if not isinstance(target, Check) and target not in found.distance:
                found.distance[target] = found.distance[state] + 1
                queue.append(target)
        assert len(queue) <= STATES_MAX, "the model is too large for a test"
    return found


def judge(found: Graph, prop: claims.Property) -> Judged:
    """The verdict on one property."""
    system = found.system
    match prop:
        case claims.Invariant(predicate=predicate):
            bad = [
                s
                for s in found.out
                if evaluate(system, prop.defined, s, {}) and not evaluate(system, predicate, s, {})
            ]
            return _violated([found.distance[s] for s in bad])
        case claims.Reachable(predicate=predicate):
            good = [found.distance[s] for s in found.out if evaluate(system, predicate, s, {})]
            return Judged("holds", min(good), len(good)) if good else Judged("violated")
        case claims.DeadlockFree(final=final):
            stuck = [
                s for s, out in found.out.items() if not out and not evaluate(system, final, s, {})
            ]
            return _violated([found.distance[s] for s in stuck])
        case claims.NoFault(kind=kind):
            return _violated(
                [
                    found.distance[state] + 1
                    for state, out in found.out.items()
                    for _, target in out
                    if isinstance(target, Check) and target.kind == kind
                ]
            )
        case claims.StepProperty():
            return _violated(list(_bad_steps(found, prop)))
        case claims.Flow():
            return _flow(found, prop)


def _violated(distances: list[int]) -> Judged:
    return Judged("violated", min(distances), len(distances)) if distances else Judged("holds")


def _arguments(system: TransitionSystem, label: Label) -> Mapping[str, object]:
    action = next(a for a in system.actions if a.name == label.action)
    names = [p.variable.name for p in action.parameters]
    return dict(zip(names, label.arguments, strict=True))


def _bad_steps(found: Graph, prop: claims.StepProperty):
    system = found.system
    actions = {a.name: a for a in system.actions}
    for state, out in found.out.items():
        for label, target in out:
            claim = prop.claims.get(label.action)
            if claim is None or isinstance(target, Check):
                continue
            given = _arguments(system, label)
            after = fire(system, actions[label.action], state, given)
            assert not isinstance(after, Check)
            if not evaluate(system, claim.predicate, state, given, after):
                yield found.distance[state] + 1


def _flow(found: Graph, flow: claims.Flow) -> Judged:
    """A search over (state, lines matched so far); -1 means that the flow has not begun."""
    system = found.system
    starts = [s for s, d in found.distance.items() if d == 0]
    level = [(s, -1) for s in starts]
    seen, steps = set(level), 0
    while level:
        following: list[tuple[State, int]] = []
        for state, matched in level:
            begins = matched == -1 and evaluate(system, flow.start, state, {})
            if begins and (state, 0) not in seen:
                seen.add((state, 0))
                level.append((state, 0))
            if matched == len(flow.events) and evaluate(system, flow.finish, state, {}):
                return Judged("holds", steps)
            for label, target in found.out[state]:
                if isinstance(target, Check):
                    continue
                given = _arguments(system, label)
                matching = [
                    event
                    for event in (*flow.without, *flow.events)
                    if (condition := event.matches.get(label.action)) is not None
                    and evaluate(system, condition, state, given)
                ]
                if matched >= 0 and any(event in matching for event in flow.without):
                    continue
                nexts = [(target, matched)]
                if 0 <= matched < len(flow.events) and flow.events[matched] in matching:
                    nexts.append((target, matched + 1))
                for place in nexts:
                    if place not in seen:
                        seen.add(place)
                        following.append(place)
        level, steps = following, steps + 1
    return Judged("violated")


def model_of(
    folder: Path, text: str, variant: str | None = None, settings: Mapping[str, str] | None = None
) -> Model:
    """A model from text."""
    path = folder / "model.mdl"
    path.write_text(text, encoding="utf-8")
    return load(path, variant, settings or {})


def explored(folder: Path, text: str, **settings: object) -> Graph:
    """The reachable states of a model given as text."""
    return graph(model_of(folder, text, None, {k: str(v) for k, v in settings.items()}).system)
