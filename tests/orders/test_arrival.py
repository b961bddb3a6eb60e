"""Arrival: cut-off, packing and the way there, on working days of both places."""

from datetime import date, datetime, time, timedelta

import pytest

from vitrine.catalog import public_holidays
from vitrine.orders import arrival, workdays
from vitrine.orders.arrival import Packing, never

NOON = time(12)


def window(
    ordered: str, days_from: int, days_until: int, packing: Packing | None = None, to: str = ""
) -> tuple[str, str]:
    off = workdays.holidays_of(*to.split("-")) if to else never
    found = arrival.window(
        datetime.fromisoformat(ordered),
        packing=packing or Packing(),
        days_from=days_from,
        days_until=days_until,
        off=off,
    )
    return found.from_on.isoformat(), found.until_on.isoformat()


@pytest.mark.parametrize(
    "ordered, days_from, days_until, expected",
    [
        ("2026-11-20 10:00", 1, 2, ("2026-11-23", "2026-11-24")),  # a Friday
        ("2026-11-21 10:00", 1, 1, ("2026-11-23", "2026-11-23")),  # a Saturday
        ("2026-11-23 10:00", 2, 5, ("2026-11-25", "2026-11-30")),  # a Monday
        ("2026-11-22 10:00", 0, 0, ("2026-11-22", "2026-11-22")),
    ],
)
def test_a_parcel_arrives_on_working_days(
    ordered: str, days_from: int, days_until: int, expected: tuple[str, str]
) -> None:
    assert window(ordered, days_from, days_until) == expected


@pytest.mark.parametrize(
    "ordered, packing, expected",
    [
        ("2026-11-19 11:59", Packing(NOON), "2026-11-20"),  # a Thursday, in time
        ("2026-11-19 12:00", Packing(NOON), "2026-11-23"),  # packed on Friday
        ("2026-11-21 09:00", Packing(NOON), "2026-11-24"),  # a Saturday: packed on Monday
        ("2026-11-19 11:00", Packing(NOON, days=2), "2026-11-24"),
        ("2026-11-19 13:00", Packing(NOON, days=2), "2026-11-25"),
        ("2026-11-19 13:00", Packing(days=1), "2026-11-23"),
    ],
)
def test_a_late_order_is_packed_on_the_next_working_day(
    ordered: str, packing: Packing, expected: str
) -> None:
    assert window(ordered, 1, 1, packing)[0] == expected


def test_public_holidays_count_where_it_is_packed_and_where_it_goes() -> None:
    # 2026-11-03 is Melbourne Cup Day in Victoria; 2026-11-26 Thanksgiving in all of the US.
    victoria = Packing(NOON, days=1, off=workdays.holidays_of("AU", "VIC"))

    assert window("2026-11-02 09:00", 1, 1, victoria, "AU-NSW") == ("2026-11-05", "2026-11-05")
    assert window("2026-11-02 09:00", 1, 1, Packing(NOON), "AU-VIC")[0] == "2026-11-04"
    assert window("2026-11-25 09:00", 1, 1, None, "US-NY")[0] == "2026-11-27"
    assert window("2026-02-05 09:00", 1, 1, None, "NZ-")[0] == "2026-02-09"  # Waitangi Day


def test_a_region_that_the_library_does_not_know_has_the_holidays_of_its_country() -> None:
    assert date(2026, 7, 1) in public_holidays.named("CA", "ZZ", 2026)


def test_a_calendar_without_working_days_is_a_bug() -> None:
    with pytest.raises(ValueError, match="working day"):
        arrival.window(
            datetime.fromisoformat("2026-11-20 10:00"),
            packing=Packing(),
            days_from=1,
            days_until=1,
            off=lambda _: True,
        )


@pytest.mark.parametrize("cutoff", [None, time(14)])
@pytest.mark.parametrize("days", [1, 3])
def test_what_was_ordered_before_the_overdue_moment_was_to_leave_by_now(
    cutoff: time | None, days: int
) -> None:
    packing = arrival.Packing(cutoff, days, lambda day: day == date(2026, 11, 26))
    hours = [datetime.fromisoformat("2026-11-16") + timedelta(hours=n) for n in range(24 * 14)]

    for today in (date(2026, 11, 30) + timedelta(days=n) for n in range(7)):
        before = packing.overdue_before(today)
        assert [one < before for one in hours] == [packing.leaves_on(one) < today for one in hours]
