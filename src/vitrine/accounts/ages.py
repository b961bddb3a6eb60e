"""How old somebody is. Pure: no query, no clock."""

from datetime import date

ADULT = 18
OLDEST = 120


def birthday(born_on: date, age: int) -> date:
    """Return the day on which somebody reaches an age; who was born on a leap day, on 1 March."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def age(born_on: date, *, on: date) -> int:
    """Return the full years of somebody on a day."""
    years = on.year - born_on.year
    return years if on >= birthday(born_on, years) else years - 1
