"""Whose people they are: who gains by an ad, or acts for who pays for it.

They judge none of it, are not shown it nor billed for, and share nothing of what it costs. Written
once, in Postgres, whose triggers and statements ask it too (``migrations/0030_insiders.py``).
"""

from django.db import models

from vitrine.accounts.models import Person


class IsInsider(models.Func):
    """Tell whether an ad is for the good of a person. ad: a field of the outer query.

    They made it or its clip, act for its advertiser, or work in the shop that pays or sells.
    """

    function = "ads_insiders"
    template = "EXISTS (SELECT FROM %(function)s(%(expressions)s)"
    arg_joiner = ") AS insider (id) WHERE insider.id = "
    output_field = models.BooleanField()

    def __init__(self, of: str, person: Person) -> None:
        super().__init__(of, models.Value(person.pk))


class ActsFor(IsInsider):
    """Tell whether a person acts for an advertiser, or works in the shop that it is.

    advertiser: a field of the outer query.
    """

    function = "ads_insiders_of"
