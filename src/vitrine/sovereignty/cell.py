"""The cell: one deployment for one country, and the wall that keeps other cells' rows out."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    get_datetime_format,
)
from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.utils.translation import get_language


@dataclass(frozen=True)
class Cell:
    """What a country's deployment is made of. tax_inclusive: shelf prices contain the tax."""

    code: str
    country: str
    name: str
    currency: str
    locale: str
    time_zone: str
    languages: tuple[str, ...]
    tax_inclusive: bool


CELLS = {
    cell.code: cell
    for cell in (
        Cell("us", "US", "United States", "USD", "en_US", "America/New_York", ("en", "es"), False),
        Cell("ca", "CA", "Canada", "CAD", "en_CA", "America/Toronto", ("en", "fr-ca"), False),
        Cell("nz", "NZ", "New Zealand", "NZD", "en_NZ", "Pacific/Auckland", ("en", "mi"), True),
        Cell("au", "AU", "Australia", "AUD", "en_AU", "Australia/Sydney", ("en",), True),
    )
}


def this_cell() -> Cell:
    """Return the cell that this process serves (``VITRINE_CELL``)."""
    return CELLS[settings.VITRINE_CELL]


def operator() -> list[str]:
    """Return who runs the cell, line by line: the name, and the address if it is known."""
    origin = settings.VITRINE_ORIGIN.partition("://")[2]
    return [each.strip() for each in (settings.VITRINE_OPERATOR or origin).split(";")]


def locale() -> str:
    """Return the Babel locale of the page's language in this cell's country, e.g. ``es_US``.

    English is the country's own. A language that has no form for the country keeps its plain one.
    """
    cell, language = this_cell(), get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE:
        return cell.locale
    for name in (f"{language[:2]}_{cell.country}", language.replace("-", "_"), language[:2]):
        try:
            return str(Locale.parse(name))
        except (UnknownLocaleError, ValueError):
            continue
    return cell.locale


def dated(on: date) -> str:
    """Write a day with its year, e.g. "December 4, 2026"; of an instant, the day it is here."""
    if isinstance(on, datetime):
        on = on.astimezone(ZoneInfo(this_cell().time_zone))
    return format_date(on, "long", locale=locale())


def moment(at: datetime, zone: str = "") -> str:
    """Write a day and time to the minute, in a time zone: the cell's own where none is named."""
    there = at.astimezone(ZoneInfo(zone or this_cell().time_zone))
    return _moment(there.replace(second=0, microsecond=0), locale())


@lru_cache(maxsize=2048)
def _moment(there: datetime, told: str) -> str:
    pattern = str(get_datetime_format("medium", locale=told))
    return pattern.format(format_time(there, "short", locale=told), format_date(there, locale=told))


def shortly(day: date) -> str:
    """Write a day without its year, e.g. "Dec 4"."""
    return str(format_skeleton("MMMd", day, locale=locale()))


def days(from_on: date, until_on: date) -> str:
    """Write the days from one to another, e.g. "Tue, Dec 1 – Fri, Dec 4"."""
    return _interval(from_on, until_on, locale())


@lru_cache(maxsize=1024)
def _interval(from_on: date, until_on: date, told: str) -> str:
    return format_interval(from_on, until_on, skeleton="MMMEd", locale=told)


def local_day(at: datetime) -> date:
    """Return the day that an instant falls on in the cell's own time zone."""
    return at.astimezone(ZoneInfo(this_cell().time_zone)).date()


def home() -> str:
    """Return this cell's code: the default of every ``home_cell``."""
    return str(settings.VITRINE_CELL)


class HomeCellField(models.CharField):  # type: ignore[type-arg]
    """The cell a row belongs to. The migration operation HomeCell adds the CHECK."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 2, "default": home, "editable": False, **kwargs})


class HomeCell(Operation):
    """Migration operation: ``CHECK (home_cell = '<this cell>')`` on a model's table.

    It is an operation and not a Meta constraint, because its text differs from cell to cell,
    and migrations must not.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing in the state: the constraint lives in the database alone."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Add the CHECK."""
        table = self._table(to_state, app_label)
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{constraint_name(table)}" '
            f"CHECK (home_cell = '{this_cell().code}')"
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the CHECK."""
        table = self._table(from_state, app_label)
        schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{constraint_name(table)}"')

    def describe(self) -> str:
        """Say it in the output of ``migrate --plan``."""
        return f"Wall {self.model_name} in its home cell"

    def _table(self, state: ProjectState, app_label: str) -> str:
        return str(state.apps.get_model(app_label, self.model_name)._meta.db_table)


def constraint_name(table: str) -> str:
    """Name the home-cell CHECK of a table."""
    return f"{table}_home_cell"[:63]
