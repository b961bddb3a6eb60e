"""Who asks at one moment is served together; who fails, fails alone."""

import threading
from collections.abc import Sequence

import pytest

from vitrine.kernel import batching
from vitrine.kernel.batching import Batcher


class Desk:
    """Work that can be kept waiting, and notes whom it served together."""

    def __init__(self) -> None:
        self.turns: list[list[int]] = []
        self.opened = threading.Event()
        self.began = threading.Event()
        self.batcher = Batcher(self.work)

    def work(self, numbers: Sequence[int]) -> list[int]:
        self.turns.append(list(numbers))
        self.began.set()
        assert self.opened.wait(10)
        if 13 in numbers:
            raise LookupError(numbers)
        if 666 in numbers:
            raise SystemExit
        return [number * 2 for number in numbers]


def ask_all(desk: Desk, numbers: Sequence[int]) -> dict[int, object]:
    """Ask each from a thread of its own: the first alone, the others while it is served."""
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        try:
            answers[number] = desk.batcher.ask(number)
        except BaseException as fault:  # noqa: BLE001 (it is what is looked at)
            answers[number] = type(fault)

    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    threads[0].start()
    assert desk.began.wait(10)
    for already, thread in enumerate(threads[1:]):
        thread.start()
        while len(desk.batcher._waiting) <= already:
            pass
    desk.opened.set()
    for thread in threads:
        thread.join(10)
    return answers


def test_who_comes_first_is_served_at_once_and_the_others_together() -> None:
    desk = Desk()

    answers = ask_all(desk, [1, 2, 3, 4])

    assert answers == {1: 2, 2: 4, 3: 6, 4: 8}
    assert desk.turns == [[1], [2, 3, 4]]


def test_who_is_alone_works_alone_and_leaves_nothing_behind() -> None:
    desk = Desk()
    desk.opened.set()

    assert [desk.batcher.ask(number) for number in (5, 6)] == [10, 12]
    assert desk.turns == [[5], [6]]


def test_one_that_fails_does_not_fail_the_others() -> None:
    desk = Desk()

    answers = ask_all(desk, [1, 2, 13, 4])

    assert answers == {1: 2, 2: 4, 13: LookupError, 4: 8}
    assert desk.turns == [[1], [2, 13, 4], [2], [13], [4]]


def test_a_thread_that_ends_while_it_leads_leaves_nobody_waiting() -> None:
    desk = Desk()

    answers = ask_all(desk, [1, 2, 666, 4])

    assert answers == {1: 2, 2: SystemExit, 666: SystemExit, 4: SystemExit}
    assert desk.batcher.ask(7) == 14


def test_a_turn_has_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST", 2)
    desk = Desk()

    answers = ask_all(desk, [1, 2, 3, 4, 5, 6])

    assert answers == {number: number * 2 for number in range(1, 7)}
    assert desk.turns == [[1], [2, 3], [4, 5], [6]]


def test_a_turn_waits_for_who_is_known_to_be_coming(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "PATIENCE_S", 10)
    desk = Desk()
    desk.opened.set()
    is_coming, may_ask = threading.Event(), threading.Event()
    answers: list[int] = []

    def come() -> None:
        with desk.batcher.coming():
            is_coming.set()
            assert may_ask.wait(10)
            answers.append(desk.batcher.ask(2))

    other = threading.Thread(target=come)
    other.start()
    assert is_coming.wait(10)
    threading.Timer(0.1, may_ask.set).start()
    answers.append(desk.batcher.ask(1))
    other.join(10)

    assert sorted(answers) == [2, 4]
    assert desk.turns == [[1, 2]]


def test_who_came_and_did_not_ask_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "PATIENCE_S", 60)
    desk = Desk()
    desk.opened.set()

    with desk.batcher.coming():
        pass
    with desk.batcher.coming():
        answer = desk.batcher.ask(1)

    assert answer == 2


def ask_while_two_come(desk: Desk) -> None:
    """Ask 4, then 5 and 6 half a second later, from threads of their own."""
    later = [threading.Timer(0.1 * number, desk.batcher.ask, [number]) for number in (5, 6)]
    for one in later:
        one.start()
    desk.batcher.ask(4)
    for one in later:
        one.join(10)


def test_a_turn_gathers_as_many_as_were_at_one_of_those_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    desk.batcher = Batcher(desk.work, gathers=True)
    ask_all(desk, [1, 2, 3])
    monkeypatch.setattr(batching, "COMPANY_S", 10)

    ask_while_two_come(desk)
    monkeypatch.setattr(batching, "COMPANY_S", 0)
    alone = range(batching.REMEMBERED)
    for number in alone:
        desk.batcher.ask(number)
    monkeypatch.setattr(batching, "COMPANY_S", 60)
    desk.batcher.ask(7)  # after so many who were alone nobody is waited for

    assert desk.turns == [[1], [2, 3], [4, 5, 6], *([number] for number in alone), [7]]


def test_a_turn_whose_answer_nobody_waits_for_may_wait_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    desk.batcher = Batcher(desk.work, gathers=True, company_s=10)
    ask_all(desk, [1, 2, 3])
    monkeypatch.setattr(batching, "COMPANY_S", 0)

    ask_while_two_come(desk)

    assert desk.turns == [[1], [2, 3], [4, 5, 6]]


def test_a_latecomer_who_waited_joins_those_who_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    desk.batcher = Batcher(desk.work, gathers=True)
    ask_all(desk, [1, 2])  # 2 is alone in its turn, and came while 1 was served
    monkeypatch.setattr(batching, "COMPANY_S", 10)

    again = threading.Timer(0.1, desk.batcher.ask, [1])
    again.start()
    desk.batcher.ask(2)
    again.join(10)

    assert desk.turns == [[1], [2], [2, 1]]


def test_who_is_on_the_way_is_company(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    desk.batcher = Batcher(desk.work, gathers=True)
    ask_all(desk, [1, 2])
    monkeypatch.setattr(batching, "COMPANY_S", 60)
    monkeypatch.setattr(batching, "PATIENCE_S", 0.1)
    is_coming, may_go = threading.Event(), threading.Event()

    def come() -> None:
        with desk.batcher.coming():
            is_coming.set()
            assert may_go.wait(10)

    other = threading.Thread(target=come)
    other.start()
    assert is_coming.wait(10)
    desk.batcher.ask(3)
    may_go.set()
    other.join(10)

    assert desk.turns == [[1], [2], [3]]
