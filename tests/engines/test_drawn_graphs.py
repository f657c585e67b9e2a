"""Tiny graphs drawn by hand, with answers that can be seen by looking at them."""

from __future__ import annotations

import time

import pytest

from tests.silent import Silent
from verifier.engines.explicit import search
from verifier.engines.explicit.search import explore
from verifier.engines.interface import Budget
from verifier.ir import build as b
from verifier.ir import expr as E
from verifier.ir import types as T
from verifier.ir.expr import make
from verifier.ir.problem import Bad, BadState, BadStep, SafetyProblem, Stuck
from verifier.ir.system import Action, Branch, Check, Kind, Parameter, TransitionSystem, Variable
from verifier.traces.trace import Trace
from verifier.verdict import Absent, Exhaustive, Exploration, Found, Unknown

FAILS = "!"  # the target of a step that fails its check


class Graph:
    """A system with one variable, drawn as lines ``source action target [target ...]``.

    The initial states come first, in the order of the letters ``starts``.
    """

    def __init__(self, starts: str, drawing: str) -> None:
        lines = [line.split() for line in drawing.split("\n") if line.strip()]
        edges = [(source, name, to) for source, name, *targets in lines for to in targets]
        places = {place: None for edge in edges for place in (edge[0], edge[2])}
        labels = tuple(dict.fromkeys([*starts, *sorted(places)]))
        self.type = T.Enum("Place", labels)
        self.variable = make(E.Var, "at", self.type)
        self.to = make(E.Param, "to", self.type)
        names = list(dict.fromkeys(name for _, name, _ in edges))
        self.system = TransitionSystem(
            "graph",
            (Variable("at", self.type),),
            (self._start(starts),),
            tuple(self._action(name, [e for e in edges if e[1] == name]) for name in names),
        )

    def place(self, label: str) -> E.Expr:
        return b.literal(self.type.labels.index(label), self.type)

    def at(self, labels: str) -> E.Expr:
        """Whether the state is one of these."""
        return b.disjunction(b.equal(self.variable, self.place(label)) for label in labels)

    def _start(self, starts: str) -> Action:
        guard = b.disjunction(b.equal(self.to, self.place(start)) for start in starts)
        return Action("start", Kind.INITIAL, (Parameter(self.to),), guard, (), {"at": self.to})

    def _action(self, name: str, edges: list[tuple[str, str, str]]) -> Action:
        there = [
            b.both(self.at(source), b.equal(self.to, self.place(to))) for source, _, to in edges
        ]
        checks = ()
        if any(to == FAILS for _, _, to in edges):
            fine = b.negate(b.equal(self.to, self.place(FAILS)))
            checks = (Check("R07", "runtime", f"{name} fails", fine, None),)
        return Action(
            name, Kind.ACTION, (Parameter(self.to),), b.disjunction(there), checks, {"at": self.to}
        )

    def ask(self, *bad: Bad, budget: Budget | None = None) -> Exploration:
        return explore(SafetyProblem(self.system, bad), budget or Budget(), Silent())

    def run(self, trace: Trace) -> str:
        """The run in letters: ``a -x-> b``, and ``!`` for a step that fails."""
        shown = self.type.labels[trace.initial[0]]
        for step in trace.steps:
            to = FAILS if step.state is None else self.type.labels[step.state[0]]
            shown += f" -{step.label.action}-> {to}"
        return shown


def found_run(graph: Graph, answer: object) -> tuple[str, int | None]:
    assert isinstance(answer, Found)
    return graph.run(answer.trace), answer.occurrences


def counts(found: Exploration) -> tuple[int, int, int, int]:
    """States, transitions, depth, states without a label."""
    return found.states, found.transitions, found.depth, found.terminal


DIAMOND = """
    a x b
    a y c
    b x d
    c x d
"""


def test_a_run_is_a_shortest_one() -> None:
    graph = Graph("a", "a x b \n b x c \n c x d \n a y e \n e y d")
    found = graph.ask(BadState("d", graph.at("d")))
    assert found_run(graph, found.answers["d"]) == ("a -y-> e -y-> d", 1)
    assert counts(found) == (5, 5, 2, 1)
    assert found.fired == {"x": 3, "y": 2}


def test_of_two_shortest_runs_the_one_whose_labels_come_first_is_given() -> None:
    graph = Graph("a", DIAMOND)
    found = graph.ask(BadState("d", graph.at("d")))
    assert found_run(graph, found.answers["d"]) == ("a -x-> b -x-> d", 1)
    assert counts(found) == (4, 4, 2, 1)
    # The other order of declaration gives the other run.
    turned = Graph("a", "a y c \n a x b \n c x d \n b x d")
    found = turned.ask(BadState("d", turned.at("d")))
    assert found_run(turned, found.answers["d"]) == ("a -y-> c -x-> d", 1)


def test_two_labels_between_the_same_states_are_two_transitions() -> None:
    graph = Graph("a", "a x b \n a y b")
    found = graph.ask(BadState("b", graph.at("b")), BadStep("y", {"y": b.TRUE}))
    assert counts(found) == (2, 2, 1, 1)
    assert found_run(graph, found.answers["b"]) == ("a -x-> b", 1)
    # The run to a step names that step, although another label leads to the same state.
    assert found_run(graph, found.answers["y"]) == ("a -y-> b", 1)


def test_two_searches_give_the_same_exploration() -> None:
    graph = Graph("ac", DIAMOND)
    asked = (BadState("d", graph.at("d")), Stuck("stuck", b.FALSE))
    one, other = graph.ask(*asked), graph.ask(*asked)
    assert one.answers == other.answers
    assert counts(one) == counts(other)


def test_a_state_without_labels_is_stuck_unless_it_is_final() -> None:
    graph = Graph("a", "a x b c \n c x d")
    found = graph.ask(
        Stuck("any", b.FALSE),
        Stuck("b is final", graph.at("b")),
        Stuck("all final", graph.at("bd")),
    )
    assert counts(found) == (4, 3, 2, 2)
    assert found_run(graph, found.answers["any"]) == ("a -x-> b", 2)
    assert found_run(graph, found.answers["b is final"]) == ("a -x-> c -x-> d", 1)
    assert found.answers["all final"] == Absent(Exhaustive(4, 3, 2))


def test_a_self_loop_is_a_transition_and_no_deadlock() -> None:
    graph = Graph("a", "a x a b \n b y b")
    found = graph.ask(Stuck("stuck", b.FALSE), BadStep("y", {"y": b.TRUE}))
    assert counts(found) == (2, 3, 1, 0)
    assert found.answers["stuck"] == Absent(Exhaustive(2, 3, 1))
    assert found_run(graph, found.answers["y"]) == ("a -x-> b -y-> b", 1)


def test_a_lone_state_with_a_self_loop_has_depth_0() -> None:
    assert counts(Graph("a", "a x a").ask()) == (1, 1, 0, 0)


def test_initial_states_are_at_distance_0_and_the_nearest_one_is_where_a_run_starts() -> None:
    graph = Graph("pqr", "p x s \n s x t \n r x t \n q x q")
    found = graph.ask(BadState("t", graph.at("t")), BadState("a start", graph.at("qr")))
    assert counts(found) == (5, 4, 1, 1)
    assert found_run(graph, found.answers["t"]) == ("r -x-> t", 1)
    assert found_run(graph, found.answers["a start"]) == ("q", 2)
    answer = found.answers["t"]
    assert isinstance(answer, Found)
    assert (answer.trace.start.action, answer.trace.start.arguments) == ("start", (2,))


def test_a_cycle_is_left_after_every_state_was_seen_once() -> None:
    graph = Graph("a", "a x b \n b x c \n c x a \n c y d \n d y a")
    found = graph.ask(Stuck("stuck", b.FALSE))
    assert counts(found) == (4, 5, 3, 0)


def test_what_cannot_be_reached_is_absent_and_never_fires() -> None:
    graph = Graph("a", "a x b \n c y d")
    found = graph.ask(BadState("d", graph.at("d")), BadStep("y", {"y": b.TRUE}))
    assert counts(found) == (2, 1, 1, 1)
    assert found.answers["d"] == Absent(Exhaustive(2, 1, 1))
    assert found.answers["y"] == Absent(Exhaustive(2, 1, 1))
    assert found.fired == {"x": 1, "y": 0}


def test_no_initial_state_is_no_state() -> None:
    found = Graph("", "a x b").ask(Stuck("stuck", b.FALSE))
    assert counts(found) == (0, 0, 0, 0)
    assert found.answers["stuck"] == Absent(Exhaustive(0, 0, 0))


def test_a_step_that_fails_counts_and_has_no_successor() -> None:
    graph = Graph("a", f"a x b \n b x {FAILS} \n b y c \n c x {FAILS}")
    found = graph.ask(BadState("never", graph.at(FAILS)), BadStep("x", {"x": graph.at("c")}))
    assert counts(found) == (3, 4, 2, 0)
    assert found.fired == {"x": 3, "y": 1}
    [fault] = found.faults
    assert (fault.check.code, fault.check.message) == ("R07", "x fails")
    assert found_run(graph, fault.found) == ("a -x-> b -x-> !", 2)
    assert isinstance(found.answers["never"], Absent)
    # A step is a step also when its check fails.
    assert found_run(graph, found.answers["x"]) == ("a -x-> b -y-> c -x-> !", 1)


def test_a_failing_step_hides_neither_its_siblings_nor_a_deadlock_elsewhere() -> None:
    graph = Graph("a", f"a x {FAILS} b \n a y c \n b y {FAILS} \n c z d")
    found = graph.ask(BadState("d", graph.at("d")), Stuck("stuck", b.FALSE))
    assert counts(found) == (4, 5, 2, 1)
    assert [(f.check.message, graph.run(f.found.trace)) for f in found.faults] == [
        ("x fails", "a -x-> !"),
        ("y fails", "a -x-> b -y-> !"),
    ]
    assert found_run(graph, found.answers["d"]) == ("a -y-> c -z-> d", 1)
    # b has only a label that fails: that is an error of the step, not a deadlock.
    assert found_run(graph, found.answers["stuck"]) == ("a -y-> c -z-> d", 1)


def test_of_two_checks_that_fail_in_one_step_the_first_is_the_fault() -> None:
    checks = tuple(
        Check(code, "runtime", code, condition, None)
        for code, condition in (("R01", b.TRUE), ("R02", b.FALSE), ("R03", b.FALSE))
    )
    start = Action("start", Kind.INITIAL, (), b.TRUE, (), {"on": b.FALSE})
    action = Action("x", Kind.ACTION, (), b.TRUE, checks, {})
    system = TransitionSystem("one", (Variable("on", T.BOOL),), (start,), (action,))
    found = explore(SafetyProblem(system, ()), Budget(), Silent())
    assert [(fault.check.code, fault.found.occurrences) for fault in found.faults] == [("R02", 1)]


def test_branches_that_no_step_takes_are_named() -> None:
    on = make(E.Var, "on", T.BOOL)
    start = Action("start", Kind.INITIAL, (), b.TRUE, (), {"on": b.FALSE})
    branches = tuple(Branch(f"{n}", c, None) for n, c in enumerate((on, b.negate(on), b.FALSE)))
    flip = Action("flip", Kind.ACTION, (), b.TRUE, (), {"on": b.TRUE}, branches=branches)
    never = Action("never", Kind.ACTION, (), b.FALSE, (), {}, branches=branches[:1])
    system = TransitionSystem("one", (Variable("on", T.BOOL),), (start,), (flip, never))
    found = explore(SafetyProblem(system, ()), Budget(), Silent())
    assert found.untaken == (("flip", 2), ("never", 0))


# ---- limits ------------------------------------------------------------------------------------

LINE = "\n".join(
    f"{letter} x {'abcdefghij'[place + 1]}" for place, letter in enumerate("abcdefghi")
)


def test_a_limit_on_states_leaves_the_unseen_unknown_and_the_seen_found() -> None:
    graph = Graph("a", LINE)
    asked = (BadState("b", graph.at("b")), BadState("j", graph.at("j")), Stuck("stuck", b.FALSE))
    found = graph.ask(*asked, budget=Budget(states_max=4))
    assert not found.complete
    assert found.stopped == "the limit of 4 states was reached"
    assert counts(found) == (5, 4, 4, 0)
    assert found_run(graph, found.answers["b"]) == ("a -x-> b", None)
    # The states at distance 4 were all seen, but none of them was expanded.
    assert found.answers["j"] == Unknown(4, "the limit of 4 states was reached")
    assert found.answers["stuck"] == Unknown(3, "the limit of 4 states was reached")


def test_a_limit_that_is_not_passed_changes_nothing() -> None:
    graph = Graph("a", LINE)
    found = graph.ask(Stuck("stuck", b.FALSE), budget=Budget(states_max=10))
    assert found.complete and found.stopped == ""
    assert counts(found) == (10, 9, 9, 1)


def test_a_deadline_in_the_past_stops_at_once() -> None:
    graph = Graph("a", LINE)
    found = graph.ask(
        BadState("j", graph.at("j")), budget=Budget(deadline_seconds=time.monotonic())
    )
    assert not found.complete
    assert counts(found) == (1, 0, 0, 0)
    assert found.answers["j"] == Unknown(0, "the time limit was reached")


def test_a_limit_on_memory_that_is_already_passed_stops_at_once() -> None:
    graph = Graph("a", LINE)
    found = graph.ask(BadState("j", graph.at("j")), budget=Budget(memory_max_bytes=1))
    assert not found.complete
    assert found.answers["j"] == Unknown(0, "the memory limit of 1 bytes was reached")


def test_a_search_may_stop_when_everything_asked_was_found() -> None:
    graph = Graph("a", LINE)
    asked = (BadState("b", graph.at("b")), BadState("c", graph.at("c")))
    found = graph.ask(*asked, budget=Budget(until_all_found=True))
    assert not found.complete
    assert counts(found) == (3, 2, 2, 0)
    assert found_run(graph, found.answers["c"]) == ("a -x-> b -x-> c", None)


def test_an_interrupt_is_an_answer() -> None:
    class Impatient:
        def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
            raise KeyboardInterrupt

    graph = Graph("a", LINE)
    problem = SafetyProblem(graph.system, (BadState("j", graph.at("j")),))
    found = explore(problem, Budget(), Impatient())
    assert (found.complete, found.stopped) == (False, "interrupted")
    assert found.answers["j"] == Unknown(0, "interrupted")


def test_the_limit_on_states_is_looked_at_before_every_state() -> None:
    """A search may go beyond it by the successors of one state only."""
    graph = Graph("a", "a x b c d e f \n b x g h i j \n g y k")
    found = graph.ask(Stuck("stuck", b.FALSE), budget=Budget(states_max=6))
    assert counts(found) == (10, 9, 1, 0)


def test_the_clock_and_the_observer_are_asked_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[int, int, int, int]] = []

    class Listening:
        def explored(self, states: int, transitions: int, frontier: int, depth: int) -> None:
            heard.append((states, transitions, frontier, depth))

    monkeypatch.setattr(search, "REPORT_EVERY", 4)
    graph = Graph("a", LINE)
    explore(SafetyProblem(graph.system, ()), Budget(), Listening())
    assert heard == [(1, 0, 1, 0), (5, 4, 1, 4), (9, 8, 1, 8)]
