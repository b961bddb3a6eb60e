"""Arrival: working days from the day after the order."""

from datetime import date

import pytest

from vitrine.orders import arrival


@pytest.mark.parametrize(
    "ordered_on, days_from, days_until, expected",
    [
        (date(2026, 11, 20), 1, 2, (date(2026, 11, 23), date(2026, 11, 24))),  # a Friday
        (date(2026, 11, 21), 1, 1, (date(2026, 11, 23), date(2026, 11, 23))),  # a Saturday
        (date(2026, 11, 23), 2, 5, (date(2026, 11, 25), date(2026, 11, 30))),  # a Monday
        (date(2026, 11, 22), 0, 0, (date(2026, 11, 22), date(2026, 11, 22))),
    ],
)
def test_a_parcel_arrives_on_working_days(
    ordered_on: date, days_from: int, days_until: int, expected: tuple[date, date]
) -> None:
    found = arrival.window(ordered_on, days_from=days_from, days_until=days_until)

    assert (found.from_on, found.until_on) == expected
