"""Pages by the arms of experiments: who takes part, what is noted, and what Postgres refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from tests import make
from tests.feed.experiments.declared import DAY, declare
from tests.feed.learned import learn, watch_all
from vitrine.feed import history, invariants, serving, tasks, watching, weighing
from vitrine.feed.experiments import running
from vitrine.feed.experiments.declaring import LayerTaken
from vitrine.feed.models import Arm, Experiment, Exposure, Habit, Watch
from vitrine.feed.models.experiment import LONGEST
from vitrine.feed.weighing import Layer
from vitrine.kernel.invariants import Finding

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("learnt_folder")]
NOBODY = AnonymousUser()


def page(key: str, viewer: object = NOBODY, *, at: datetime = make.NOON) -> list[int]:
    return [one.clip for one in serving.next_clips(key, viewer, size=5, at=at)]  # type: ignore[arg-type]


def cell_that_learnt(clips: int = 30) -> None:
    """Have clips, and something learnt, so that pages are ranked."""
    made = [make.clip(published_at=make.NOON - timedelta(hours=9 * n)) for n in range(clips)]
    watch_all(made[:4], to="v_first")
    learn()


def test_a_page_is_chosen_by_its_viewer_s_arm_and_that_is_noted_once_a_day() -> None:
    cell_that_learnt()
    made = declare()
    viewers = [f"v_{n}" for n in range(12)]

    for viewer in viewers:
        page(viewer)
        page(viewer, at=make.NOON + timedelta(hours=1))
    page("v_3", at=make.NOON + DAY)

    seen = Exposure.objects.filter(experiment=made)
    assert {one.viewer: one.arm_id for one in seen} == {
        viewer: running.chosen(viewer, [made.pk])[1][0].arm for viewer in viewers
    }
    assert seen.count() == 13
    assert set(seen.values_list("first_at", flat=True)) == {make.NOON, make.NOON + DAY}
    assert len({one.arm_id for one in seen}) == 2


def test_an_arm_s_weights_are_those_that_rank() -> None:
    cell_that_learnt()
    made = declare({"FRESH": 4.0, "RECEIVED": 0.0, "TRUST.heat.best": 0.0}, share=99)
    by, parts = running.chosen("v_n", [made.pk])

    assert parts[0].arm == made.arms.get(place=1).pk
    assert (by.fresh, by.received, by.heat) == (4.0, 0.0, (0.0, weighing.OURS.heat[1]))
    assert by.rules == weighing.OURS.rules


def test_experiments_of_two_layers_are_both_in_a_page() -> None:
    cell_that_learnt()
    speaking, mixing = declare(), declare({"RULES.new": 0.4})

    page("v_n")

    assert [speaking.layer, mixing.layer] == [Layer.SPEAKING, Layer.MIXING]
    assert {one.experiment_id for one in Exposure.objects.all()} == {speaking.pk, mixing.pk}


def test_a_page_costs_no_more_statements_while_experiments_run(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    cell_that_learnt()
    declare()
    page("v_before")

    with django_assert_num_queries(2):
        assert page("v_n")

    assert Exposure.objects.filter(viewer="v_n").count() == 1


def test_who_is_not_profiled_or_pauses_takes_part_in_none() -> None:
    cell_that_learnt()
    declare()
    plain, paused = make.person(), make.person()
    Habit.unprofile(plain, at=make.NOON)
    Habit.pause(paused, at=make.NOON)

    assert page(plain.public_id, plain) == page(paused.public_id, paused)
    assert not Exposure.objects.exists()


@pytest.mark.parametrize(
    "begins,ends", [(make.NOON + DAY, make.NOON + 2 * DAY), (make.NOON - DAY, make.NOON)]
)
def test_nobody_takes_part_before_it_begins_or_once_it_is_over(
    begins: datetime, ends: datetime
) -> None:
    cell_that_learnt()
    declare(begins_at=begins, ends_at=ends)

    assert page("v_n")
    assert not Exposure.objects.exists()


def test_the_page_after_a_stop_is_as_it_was_before() -> None:
    cell_that_learnt()
    made = declare()
    page("v_n")

    made.stop(at=make.NOON)
    made.stop(at=make.NOON + timedelta(hours=1))
    page("v_other")

    made.refresh_from_db()
    assert made.ends_at == make.NOON
    assert not Exposure.objects.filter(viewer="v_other").exists()


def test_one_that_is_called_off_never_ran_and_leaves_its_place() -> None:
    planned = declare(begins_at=make.NOON + DAY)

    planned.stop(at=make.NOON)

    planned.refresh_from_db()
    assert planned.ends_at == planned.begins_at
    declare(begins_at=make.NOON)


def test_two_of_one_layer_never_run_at_once() -> None:
    declare()

    with pytest.raises(LayerTaken):
        declare({"NEAR_FADES": 0.9}, begins_at=make.NOON, ends_at=make.NOON + 9 * DAY)
    assert Experiment.objects.count() == 1
    declare(begins_at=make.NOON + 7 * DAY, ends_at=make.NOON + 9 * DAY)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda made: made.arms.update(share=60),
        lambda made: made.arms.filter(place=1).delete(),
        lambda made: made.arms.filter(place=1).update(changes={"FRESH": 3}),
        lambda made: Experiment.objects.filter(pk=made.pk).update(salt="another"),
        lambda made: Experiment.objects.filter(pk=made.pk).update(begins_at=make.NOON),
        lambda made: Experiment.objects.filter(pk=made.pk).update(ends_at=make.NOON + 8 * DAY),
        lambda made: Experiment.objects.filter(pk=made.pk).delete(),
        lambda made: _more(made, share=10),
        lambda made: _bare(),
        lambda made: declare(
            begins_at=make.NOON + 20 * DAY, ends_at=make.NOON + 48 * DAY + timedelta(seconds=1)
        ),
    ],
)
def test_postgres_refuses_what_would_change_or_break_it(
    wrong: Callable[[Experiment], object],
) -> None:
    made = declare()
    kept = list(Arm.objects.values()), list(Experiment.objects.values())

    with pytest.raises(DatabaseError):
        _at_once(lambda: wrong(made))

    assert (list(Arm.objects.values()), list(Experiment.objects.values())) == kept


@transaction.atomic
def _at_once(change: Callable[[], object]) -> None:
    """Change something, and see to what is otherwise seen to at commit."""
    change()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _more(made: Experiment, *, share: int) -> None:
    Arm.objects.create(experiment=made, place=2, name="C", share=share, changes={"FRESH": 3})


def _bare() -> None:
    Experiment.objects.create(
        name="No arms",
        layer=Layer.MIXING,
        salt="s",
        declared_at=make.NOON,
        begins_at=make.NOON,
        ends_at=make.NOON + DAY,
    )


def test_out_of_bounds_is_no_experiment() -> None:
    with pytest.raises(ValueError, match="out of its bounds"):
        declare({"FRESH": 4.1})
    with pytest.raises(ValueError, match="too many values"):
        declare({"FRESH": 1.1, "RULES.new": 0.1})
    assert not Experiment.objects.exists()


def test_exposures_go_with_what_the_person_clears_and_with_their_age() -> None:
    cell_that_learnt()
    declare()
    people = [make.person() for _ in range(4)]
    for one in people:
        page(one.public_id, one)
    assert Exposure.objects.count() == 4

    history.forget(people[0], at=make.NOON)
    watching.start_over(key=people[1].public_id, at=make.NOON)
    watching.forget_viewer(people[2].public_id)

    assert [one.viewer for one in Exposure.objects.all()] == [people[3].public_id]
    watching.forget(before=make.NOON + timedelta(seconds=1))
    assert not Exposure.objects.exists()
    assert tasks.KEPT > LONGEST


def test_a_page_that_another_request_took_is_no_exposure() -> None:
    cell_that_learnt(clips=5)
    declare()
    shown = page("v_n")
    Exposure.objects.all().delete()

    assert len(shown) == Watch.objects.filter(viewer="v_n").count() == 5
    assert page("v_n") == []
    assert not Exposure.objects.exists()


def test_the_check_finds_experiments_sound_and_a_guard_that_is_gone() -> None:
    cell_that_learnt()
    declare()
    page("v_n")
    assert invariants.experiments_are_as_declared() == Finding(1, [])

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TRIGGER feed_experiment_sooner ON feed_experiment")

    assert invariants.experiments_are_as_declared() == Finding(
        1, ["the guard feed_experiment_sooner is gone"]
    )
