"""Files of what was learnt: whole or not there, whoever is killed."""

import os
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.feed.learning import served, snapshots
from vitrine.feed.learning.snapshots import Current, Damaged
from vitrine.feed.learning.tables import News, Tables, places

pytestmark = pytest.mark.usefixtures("learnt_folder")
NONE = np.zeros(0, np.int64)


def tables(number: int) -> Tables:
    """Make tables that can be told apart."""
    return Tables.empty(epoch_s=number)


def write(number: int) -> str:
    """Put such tables in place of what is served."""
    return snapshots.write_tables(tables(number), position=number, late=NONE)


def tell(number: int) -> None:
    """Put news in place of what is served."""
    with snapshots.alone():
        snapshots.write_news(News.empty(position=number, epoch_s=number))


def killed(work: Callable[[], object], *, before: int) -> bool:
    """Do work in a process that is killed before a step at a file; tell whether it got there."""
    child = os.fork()
    if not child:
        left = before

        def step(done: Callable[..., Any], *given: Any, **more: Any) -> Any:
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
            return done(*given, **more)

        for name in ("replace", "fsync", "unlink", "rmdir"):
            setattr(os, name, partial(step, getattr(os, name)))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def served_now() -> tuple[int, int]:
    """Return which tables and which news a process finds that starts now, all of it looked at."""
    current = snapshots.current()
    mapped = snapshots.map_tables(current.base) if current.base else tables(0)
    news = snapshots.read_news(current.news) if current.news else News.empty()
    return mapped.epoch_s, news.position


def test_a_learner_killed_at_any_step_leaves_what_was_there_or_what_is_new() -> None:
    step = 0
    write(1)
    tell(7)
    while killed(lambda: write(2), before=step):
        assert served_now() in [(1, 7), (2, 0)], f"killed before step {step}"
        write(1)
        tell(7)
        step += 1

    assert served_now() == (2, 0)
    assert step > len(Tables.names())
    write(3)
    assert {path.name for path in snapshots.root().glob("*")} == {
        snapshots.CURRENT, snapshots.LOCK, snapshots.current().base,
    }  # fmt: skip


def test_news_killed_at_any_step_leave_what_was_there_or_what_is_new() -> None:
    step = 0
    write(1)
    tell(7)
    while killed(lambda: tell(8), before=step):
        assert served_now() in [(1, 7), (1, 8)], f"killed before step {step}"
        step += 1

    assert served_now() == (1, 8)
    assert step > 2


def test_a_process_goes_on_with_what_it_maps_until_there_is_something_new() -> None:
    first = write(1)
    before = served.learnt()
    second = write(2)
    after = served.learnt()

    assert before is not None
    assert after is not None
    assert (before.version, after.version) == (first, second)
    assert (before.tables.epoch_s, after.tables.epoch_s) == (1, 2)
    assert served.learnt() is after


def test_news_alone_map_no_tables_again() -> None:
    write(1)
    before = served.learnt()
    tell(5)
    after = served.learnt()

    assert before is not None
    assert after is not None
    assert after.tables is before.tables
    assert after.news.position == 5


@pytest.mark.parametrize("what", ["cut", "turned", "gone", "manifest", "current", "news"])
def test_damage_is_found_and_told_and_what_was_mapped_goes_on(
    what: str, learnt_folder: Path
) -> None:
    write(1)
    before = served.learnt()
    name = write(2)
    tell(9)
    file = learnt_folder / {
        "manifest": f"{name}/{snapshots.MANIFEST}",
        "current": snapshots.CURRENT,
        "news": snapshots.current().news,
    }.get(what, f"{name}/epoch.npy")
    content = file.read_bytes()
    file.unlink()
    if what == "cut":
        file.write_bytes(content[:-1])
    elif what != "gone":
        file.write_bytes(content[:-40] + bytes(byte ^ 1 for byte in content[-40:]))

    assert served.learnt() is before
    assert snapshots.is_damaged()

    assert write(2) == name
    found = served.learnt()
    assert found is not None
    assert found.tables.epoch_s == 2
    assert not snapshots.is_damaged()


def test_a_form_of_another_version_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    name = write(1)
    monkeypatch.setattr(snapshots, "FORM", snapshots.FORM + 1)

    with pytest.raises(Damaged):
        snapshots.map_tables(name)


def test_where_nothing_was_learnt_there_is_nothing() -> None:
    assert snapshots.current() == Current()
    assert served.learnt() is None


@given(st.sets(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_places_are_those_of_equals(known: set[int], wanted: list[int]) -> None:
    ascending = np.array(sorted(known), np.int64)

    found = places(np.array(wanted, np.int64), ascending).tolist()

    assert found == [sorted(known).index(one) if one in known else -1 for one in wanted]
