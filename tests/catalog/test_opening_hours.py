"""When a store is open, and when something is ready, over changes of the clock and holidays."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import make
from vitrine.catalog import opening_hours, store_hours
from vitrine.catalog.models import Location, LocationKind
from vitrine.catalog.opening_hours import BadHours, Hours, Spans, Standing

NEW_YORK = ZoneInfo("America/New_York")
NINE_TO_SIX: Spans = ((9 * 60, 18 * 60),)
WEEK = Hours(NEW_YORK, (*[NINE_TO_SIX] * 5, ((600, 840),), ()))


def local(day: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=zone)


@pytest.mark.parametrize(
    "text, spans",
    [
        ("", ()),
        ("9:00–18:00", NINE_TO_SIX),
        ("9-18", NINE_TO_SIX),
        ("9am - 6pm", NINE_TO_SIX),
        ("14:00–18:30, 9.00–12.30", ((540, 750), (840, 1110))),
        ("18:00–2:00", ((1080, 1560),)),
        ("0:00–24:00", ((0, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, spans: Spans) -> None:
    assert opening_hours.parse(text) == spans
    assert opening_hours.parse(opening_hours.write(spans)) == spans


@pytest.mark.parametrize(
    "text", ["morning", "9", "9–9", "25–26", "9:75–10", "13pm–14", "9–12, 11–14"]
)
def test_what_is_no_span_of_time_is_named(text: str) -> None:
    with pytest.raises(BadHours):
        opening_hours.parse(text)


def test_a_store_is_open_until_and_closed_until() -> None:
    friday, night, sunday = (
        local("2026-11-20T10:00"),
        local("2026-11-20T20:00"),
        local("2026-11-22T12:00"),
    )

    assert opening_hours.standing(WEEK, friday) == Standing(True, local("2026-11-20T18:00"))
    assert opening_hours.standing(WEEK, night) == Standing(False, local("2026-11-21T10:00"))
    assert opening_hours.standing(WEEK, sunday) == Standing(False, local("2026-11-23T09:00"))
    closed = Hours(NEW_YORK, ((),) * 7)
    assert opening_hours.standing(closed, friday) == Standing(False, None)
    assert opening_hours.after(closed, friday, 1) is None


def test_ready_time_counts_opening_time_alone() -> None:
    assert opening_hours.after(WEEK, local("2026-11-20T17:00"), 120) == local("2026-11-21T11:00")
    assert opening_hours.after(WEEK, local("2026-11-20T06:00"), 30) == local("2026-11-20T09:30")


def test_a_day_of_its_own_comes_before_the_holiday_and_the_week() -> None:
    christmas = date(2026, 12, 25)
    closed = Hours(NEW_YORK, WEEK.weekly, holidays=frozenset({christmas}))
    opened = Hours(NEW_YORK, WEEK.weekly, {christmas: ((600, 720),)}, frozenset({christmas}))
    morning = local("2026-12-25T10:30")

    assert opening_hours.standing(closed, morning) == Standing(False, local("2026-12-26T10:00"))
    assert opening_hours.standing(opened, morning) == Standing(True, local("2026-12-25T12:00"))


def test_the_night_the_clock_is_put_back_is_an_hour_longer_and_put_forward_shorter() -> None:
    nights = Hours(NEW_YORK, (((22 * 60, 30 * 60),),) * 7)  # 22:00 to 6:00

    back = opening_hours.after(nights, local("2026-10-31T22:00"), 8 * 60)
    forward = opening_hours.after(nights, local("2026-03-07T22:00"), 7 * 60)

    assert back == local("2026-11-01T05:00")
    assert forward == local("2026-03-08T06:00")


def test_hours_that_the_clock_skips_are_no_opening() -> None:
    small = Hours(NEW_YORK, (((2 * 60, 2 * 60 + 59),),) * 7)

    standing = opening_hours.standing(small, local("2026-03-08T01:30"))

    assert standing.until is not None
    assert standing.until.astimezone(UTC) >= datetime(2026, 3, 8, 7, tzinfo=UTC)


@given(
    st.integers(0, 700 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(0, 900),
    st.sampled_from(["America/New_York", "Pacific/Auckland", "America/St_Johns"]),
)
def test_what_is_ready_is_ready_in_opening_time(at: datetime, minutes: int, zone: str) -> None:
    hours = Hours(ZoneInfo(zone), WEEK.weekly)

    ready = opening_hours.after(hours, at, minutes)

    assert ready is not None
    assert ready >= at
    day = ready.hour * 60 + ready.minute
    assert any(begins <= day <= ends for begins, ends in hours.on(ready.date()))


@pytest.mark.django_db
def test_a_location_keeps_the_holidays_of_its_state_unless_it_says_otherwise() -> None:
    store: Location = make.location(
        make.merchant(),
        LocationKind.STORE,
        region="NY",
        weekly_hours=[[[540, 1080]]] * 7,
        special_days={"2026-11-27": [[360, 1320]]},
    )
    thanksgiving = local("2026-11-26T12:00")

    assert store_hours.standing(store, thanksgiving) == Standing(False, local("2026-11-27T06:00"))
    assert store_hours.ready_at(store, thanksgiving) == local("2026-11-27T08:00")
    store.keeps_holidays = False
    assert store_hours.standing(store, thanksgiving) == Standing(True, local("2026-11-26T18:00"))
    assert store_hours.standing(make.location(store.merchant), thanksgiving) is None
