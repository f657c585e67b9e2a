"""Minimal sets, what breaks, and what is left open, against models whose answers are known."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from tests.fixes.models import (
    BOTH_NEEDED,
    GROWS,
    HOPELESS,
    PAYING,
    RESTS,
    TYPED,
    UNDOES,
    Drawn,
    drawn,
)
from tests.silent import Silent
from verifier.checker import Checked, Plan, check
from verifier.fixes import trial
from verifier.fixes.found import Break, Dropped, Fixes, Found
from verifier.fixes.search import Question, find_fixes
from verifier.language.choosing import family, member
from verifier.language.load import load
from verifier.language.model import ChoiceError, Model

SCENARIO = Path(__file__).parents[2] / "models" / "scenario_c.mdl"
EXPLICIT = Plan(engine="explicit")


def found_in(
    tmp_path: Path,
    text: str,
    plan: Plan = EXPLICIT,
    *,
    most: int | None = None,
    weaker: tuple[tuple[str, str], ...] = (),
    given: dict[str, str] | None = None,
    names: tuple[str, ...] = (),
) -> Found:
    path = tmp_path / "m.mdl"
    path.write_text(text)
    return find_fixes(Question(path, None, given or {}, names, most, weaker), plan, Silent())


def sets(found: Found, name: str) -> list[Fixes]:
    one = next(one for one in found.repaired if one.property == name)
    return [repair.fixes for repair in one.repairs]


def test_two_fixes_that_only_work_together(tmp_path: Path) -> None:
    found = found_in(tmp_path, BOTH_NEEDED)
    both = (("lock", "true"), ("order", "stamped"))
    assert sets(found, "never three") == [both]
    assert [one.property for one in found.repaired] == ["never three"]
    (repair,) = found.repaired[0].repairs
    assert repair.sure and repair.breaks == ("one",)
    assert (found.states, repair.states) == (4, 1)
    assert (found.sets, found.tried) == (12, 11), "what contains both is not asked"
    assert set(found.breaks) == {
        Break(both[0], (both[1],), "one"),
        Break(both[1], (both[0],), "one"),
    }
    assert all(not alone.repairs and not alone.breaks for alone in found.alone)


def test_a_fix_that_undoes_another_is_in_no_minimal_set(tmp_path: Path) -> None:
    found = found_in(tmp_path, UNDOES)
    assert sets(found, "small") == [(("a", "true"),)]
    asked = Plan(engine="explicit", properties=("small", "a is good"))
    both = found_in(tmp_path, UNDOES, asked)
    assert sets(both, "a is good") == [()], "it holds without a fix"


def test_a_property_that_no_set_repairs(tmp_path: Path) -> None:
    found = found_in(tmp_path, HOPELESS)
    (one,) = found.repaired
    assert one.verdict(whole=found.whole) == "not repaired"


def test_sets_that_were_left_out_are_not_said_to_fail(tmp_path: Path) -> None:
    found = found_in(tmp_path, BOTH_NEEDED, most=1)
    (one,) = found.repaired
    assert one.verdict(whole=found.whole) == "unknown" and found.tried == 5


def test_what_a_set_rests_on(tmp_path: Path) -> None:
    found = found_in(tmp_path, RESTS, weaker=(("KEPT", "0"), ("KEPT", "2")))
    (repair,) = found.repaired[0].repairs
    assert repair.dropped == (
        Dropped("delay", "short", "long", "violated"),
        Dropped("KEPT", "1", "0", "violated"),
        Dropped("KEPT", "1", "2", "holds"),
    )


def test_a_set_is_not_called_minimal_where_a_limit_left_a_part_open(tmp_path: Path) -> None:
    plan = Plan(engine="explicit", properties=("small",), states_max=100)
    found = found_in(tmp_path, GROWS, plan)
    (one,) = found.repaired
    assert one.before == "unknown" and one.unknown == ((),)
    assert [(repair.fixes, repair.sure) for repair in one.repairs] == [
        ((("stop", "true"),), False),
        ((("half", "true"),), False),
    ]
    assert () in found.undecided


def test_a_set_that_a_limit_left_open_is_neither_good_nor_bad(tmp_path: Path) -> None:
    plan = Plan(engine="explicit", properties=("small",), states_max=100)
    found = found_in(tmp_path, GROWS.replace("not stop and not (half", "not (stop and half"), plan)
    (one,) = found.repaired
    assert one.verdict(whole=found.whole) == "holds with fixes"
    assert one.reasons == ("the limit of 100 states was reached",)
    assert set(one.unknown) == {(), (("stop", "true"),), (("half", "true"),)}
    assert not one.repairs[0].sure


def test_no_time_is_no_verdict(tmp_path: Path) -> None:
    plan = Plan(engine="explicit", time_limit_seconds=1e-9)
    found = found_in(tmp_path, BOTH_NEEDED, plan)
    assert found.stopped and not found.whole and not any(one.repairs for one in found.repaired)


def test_an_interrupt_leaves_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def interrupted(model: Model, plan: Plan, observer: Silent) -> Checked:
        calls.append(model)
        if len(calls) > 10:
            raise KeyboardInterrupt
        return check(model, plan, observer)

    monkeypatch.setattr(trial, "check", interrupted)
    found = found_in(tmp_path, UNDOES, Plan(engine="explicit", properties=("small",)))
    assert not found.stopped, "the model needs fewer checks than that"
    found = found_in(tmp_path, BOTH_NEEDED)
    assert found.stopped == "interrupted"
    assert [(one.property, one.repairs) for one in found.repaired] == [("never three", ())]
    assert found.repaired[0].verdict(whole=found.whole) == "unknown"


def test_options_that_cannot_be_left_open_are_loaded_one_by_one(tmp_path: Path) -> None:
    found = found_in(tmp_path, TYPED)
    assert found.separate
    assert sets(found, "small") == [(("SIZE", "1"),), (("SIZE", "2"),)]


def test_a_fix_that_is_set_is_not_tried(tmp_path: Path) -> None:
    found = found_in(tmp_path, BOTH_NEEDED, given={"lock": "true"})
    assert sets(found, "never three") == [(("order", "stamped"),)]
    assert [choice.option for choice in found.fixes] == ["order", "noise"]


@pytest.mark.parametrize("names", [("nothing",), ("n",)])
def test_an_unknown_fix_is_bad_usage(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(ChoiceError):
        found_in(tmp_path, BOTH_NEEDED, names=names)


def test_the_smallest_sets_that_repair_everything(tmp_path: Path) -> None:
    found = found_in(tmp_path, PAYING)
    assert found.together is not None and found.together.unknown == ()
    (one,) = found.together.sets
    assert one.fixes == (("retry", "true"), ("idem", "true")) and one.never == ()
    stop = next(r for r in found.repaired[0].repairs if r.fixes == (("stop", "true"),))
    assert stop.never == ("on Done", "on Pay", "pay")
    broken = found_in(tmp_path, BOTH_NEEDED).together
    assert broken is not None and broken.sets == (), "the goal breaks"
    assert found_in(tmp_path, HOPELESS).together is None


@settings(max_examples=5, deadline=None)
@given(drawn())
def test_minimal_sets_are_those_of_brute_force(model: Drawn) -> None:
    names = tuple(f"p{number}" for number in range(len(model.bad)))
    with TemporaryDirectory() as folder:
        found = found_in(Path(folder), model.text, Plan(engine="explicit", properties=names))
    for number, one in enumerate(found.repaired):
        got = [frozenset(repair.fixes) for repair in one.repairs]
        assert len(got) == len(set(got)) and set(got) == model.minimal(number)
        assert all(repair.sure for repair in one.repairs)
    got_together = [] if found.together is None else [r.fixes for r in found.together.sets]
    assert set(map(frozenset, got_together)) == model.together()


OPTIONS = {
    "cache": ("separate", "combined"),
    "cross_order": ("none_at_all", "timestamp"),
}


@pytest.mark.parametrize("engine", ["explicit", "native"])
def test_a_choice_put_into_the_open_model_is_the_model_of_that_choice(engine: str) -> None:
    small = {"MAX_MOVES": "1", "MAX_REPEATS": "0", "LOSSES": "0"}
    whole = family(SCENARIO, None, small, tuple(OPTIONS))
    assert whole.open_model is not None
    for values in product(*OPTIONS.values()):
        choice = dict(zip(OPTIONS, values, strict=True))
        plan = Plan(engine=engine)
        left = check(member(whole, choice), plan, Silent())
        right = check(load(SCENARIO, None, {**small, **choice}), Plan(engine="native"), Silent())
        for counted in ("states", "transitions", "depth", "terminal"):
            assert getattr(left.exploration, counted) == getattr(right.exploration, counted)
        assert [(c.prop.name, type(c.verdict)) for c in left.conclusions] == [
            (c.prop.name, type(c.verdict)) for c in right.conclusions
        ]
