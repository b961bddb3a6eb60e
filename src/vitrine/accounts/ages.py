"""How old somebody is. Pure: no query, no clock."""

from datetime import date

from django.utils.translation import gettext

ADULT = 18
OLDEST = 120


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody reaches an age; who was born on a leap day, on 1 March."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def objection(born_on: date, *, on: date, least: int) -> str | None:
    """Say why somebody may not have an account yet, or why the date is none; None: they may."""
    if born_on > on or age(born_on, on=on) > OLDEST:
        return gettext("This cannot be the day on which you were born.")
    if age(born_on, on=on) < least:
        return gettext(
            "Accounts are for people of {least} and older. You can watch without one, and we "
            "have kept nothing of what you typed."
        ).format(least=least)
    return None


def age(born_on: date, *, on: date) -> int:
    """Return the full years of somebody on a day."""
    years = on.year - born_on.year
    return years if on >= birthday(born_on, years) else years - 1
