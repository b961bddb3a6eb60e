"""Clips and products named by title or address: of thousands no list could be shown."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext

from vitrine.catalog.models import Product
from vitrine.kernel.fields import LineField
from vitrine.kernel.ids import PublicIdConverter
from vitrine.videos.models import Clip

NAMED = 200
"""How many are offered while one is typed."""
TOLD = 5
"""Of those that match, so many are named where one alone was meant."""
MOST_WORDS = 6
_KEY = re.compile(PublicIdConverter.regex)

N = TypeVar("N", Clip, Product)


class NamedField(LineField):
    """One clip or product by its title, by words of it, or by its address; the form finds it.

    named: the name of the list in which the form offers some.
    """

    def __init__(self, *, named: str, **options: Any) -> None:
        shown = forms.TextInput(attrs={"list": named, "autocomplete": "off"})
        super().__init__(max_length=300, widget=shown, **options)


def found(rows: "QuerySet[N]", typed: str) -> list[N]:
    """Return what is meant: that of an address, else of the title, else all with its words.

    Queries: 1 to 3.
    """
    key = _KEY.search(typed)
    if key:
        return list(rows.filter(public_id=key[0]))
    named = list(rows.filter(title__iexact=typed)[:NAMED])
    if named:
        return named
    for word in typed.split()[:MOST_WORDS]:
        rows = rows.filter(title__icontains=word)
    return list(rows[:NAMED])


def one_of(some: Iterable[N]) -> N:
    """Return the only one. Raises: ValidationError that names some of several; ValueError of
    none.
    """
    first, *others = some
    if others:
        names = ", ".join(names_of([first, *others])[:TOLD])
        said = gettext("Several are called that. Type one of these, or its address: {names}.")
        raise forms.ValidationError(said.format(names=names))
    return first


def names_of(rows: Iterable[N]) -> list[str]:
    """Return what somebody types to mean each: its title, and its address where others share it."""
    listed = list(rows)
    titles = [one.title for one in listed]
    return [
        one.title
        if one.title and titles.count(one.title) == 1
        else f"{one.title} {one.get_absolute_url()}".strip()
        for one in listed
    ]
