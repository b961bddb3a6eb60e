"""What people did in a shop: noted, read for a page, counted, and forgotten as they start over.

What is in a bag and what was bought is read where it is; only a look is written for ads.
Source: docs/adr/0117-whom-ads-are-for.md.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Value
from django.db.models.functions import Concat

from vitrine.accounts.ages import ADULT
from vitrine.accounts.models import Person
from vitrine.ads import sensitive
from vitrine.ads.models import Dealing, Look
from vitrine.ads.models.blocked import Folded
from vitrine.ads.models.dealing import BUYS_LAST, LOOKS_LAST
from vitrine.ads.models.lookalike import FEWEST_ALIKE
from vitrine.catalog.models import Product
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty.cell import home

FEWEST = 50
"""People that an audience has at least: fewer could be picked out."""
MOST_NAMED = 20
"""One thing in so many that a shop sells may say something of whoever buys it."""


class NoShop(Refusal):
    """What people did in a shop says nothing of an advertiser without one."""

    code = "advertiser_has_no_shop"
    message = "Only a shop can choose people by what they did in it."


class TooFew(Refusal):
    """They could be picked out."""

    code = "audience_too_small"
    message = (
        "Fewer than 50 people have done that in your shop yet. So few could be picked out: choose "
        "something else, or wait."
    )


class TooFewAlike(Refusal):
    """Of few it would be said what some of them watch."""

    code = "lookalike_audience_too_small"
    message = (
        "Fewer than 100 people have done that in your shop yet. To find others who are like them, "
        "choose something that more have done, or wait."
    )


class SaysTooMuch(Refusal):
    """Who deals with it, or is like those, may be ill, or of a faith."""

    code = "shop_says_too_much"
    message = (
        "Your shop sells things that say too much of who looks at them or buys them: of their "
        "health, their faith or the like. Nobody can be picked or left out here for that, nor for "
        "being like them."
    )


Seen = tuple[int, int, datetime]
"""A person, a shop, and when they looked at something of it."""


def looked(looks: Sequence[Seen]) -> None:
    """Note looks of grown-up people at shops with campaigns that are not over. Queries: 1.

    Not what was before a fresh start: it may be told later than that.
    """
    if looks:
        people, shops, moments = zip(*looks, strict=True)
        prepared.run(_LOOKED, [home(), list(people), list(shops), list(moments)])


def start_afresh(key: str, *, at: datetime) -> None:
    """Pick a person by nothing that they did in shops until now. key: their public id.

    Of a visitor's token nothing is known here. Queries: 2.
    """
    prepared.run(_AFRESH, [home(), at, key])
    Look.objects.filter(person__public_id=key, at__lte=at).delete()


def forget(*, at: datetime) -> None:
    """Delete looks of long ago. Queries: 1."""
    Look.objects.filter(at__lt=at - LOOKS_LAST).delete()


def of_person(person: int, *, at: datetime) -> list[Any]:
    """Return the parameters of OF_PERSON."""
    return [person, at - LOOKS_LAST, person, person, person, at - BUYS_LAST, person]


def refuse_few(
    merchant: int | None,
    wanted: Collection[str],
    left_out: Collection[str],
    alike: Collection[str] = (),
) -> None:
    """Refuse an audience that a shop does not have, or that says too much. Queries: 0 to 3.

    alike: what those have to do with it whom people are to be like.
    Raises: NoShop, TooFew, TooFewAlike, SaysTooMuch.
    """
    if not wanted and not left_out and not alike:
        return
    if merchant is None:
        raise NoShop
    if says_too_much(merchant):
        raise SaysTooMuch
    if wanted and _count(merchant, wanted, left_out, most=FEWEST) < FEWEST:
        raise TooFew
    if alike and _count(merchant, alike, (), most=FEWEST_ALIKE) < FEWEST_ALIKE:
        raise TooFewAlike


def _count(merchant: int, wanted: Collection[str], left_out: Collection[str], *, most: int) -> int:
    asked = [merchant, merchant, merchant, list(wanted), list(left_out), most]
    return len(prepared.rows(_PEOPLE, asked))


def people_of(merchant: int, wanted: Collection[str], *, most: int) -> list[Person]:
    """Return adults who have one of some dealings with a shop, by lot where they are many.

    The same lot each time. Queries: 2.
    """
    rows = prepared.rows(_PEOPLE, [merchant, merchant, merchant, list(wanted), [], most])
    return list(Person.objects.filter(pk__in=[person for (person,) in rows]))


def says_too_much(merchant: int) -> bool:
    """Tell whether one in twenty things that a shop sells is named by what nobody may be picked by.

    By its title, or what the shop calls its kind. Queries: 1.
    """
    on_sale = Product.objects.on_sale().filter(merchant=merchant).order_by()
    named: Any = Q(said__regex=sensitive.IN_TEXT)
    counted = on_sale.annotate(said=Folded(Concat("title", Value(" "), "category"))).aggregate(
        all=Count("pk"), named=Count("pk", filter=named)
    )
    return bool(counted["named"]) and counted["named"] * MOST_NAMED >= counted["all"]


_FRESH = "coalesce((SELECT at FROM ads_freshstart WHERE person_id = {person}), '-infinity')"
_ADULTS = f"born_on <= current_date - interval '{ADULT} years'"
_GONE = "('failed', 'cancelled', 'refunded')"
_LOOKED = f"""
INSERT INTO ads_look AS known (home_cell, person_id, merchant_id, at)
SELECT %s, new.person, new.shop, max(new.at)
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS new (person, shop, at)
JOIN accounts_person p ON p.id = new.person AND p.{_ADULTS}
WHERE EXISTS (
    SELECT FROM ads_campaign c JOIN ads_advertiser a ON a.id = c.advertiser_id
    WHERE a.merchant_id = new.shop AND c.ended_at IS NULL
        AND (c.ends_at IS NULL OR c.ends_at > new.at)
) AND new.at > {_FRESH.format(person="new.person")}
GROUP BY 2, 3 ORDER BY 2, 3
ON CONFLICT (person_id, merchant_id) DO UPDATE SET at = greatest(known.at, excluded.at)
"""  # noqa: S608  (our own constants)
_AFRESH = """
INSERT INTO ads_freshstart AS known (home_cell, person_id, at)
SELECT %s, id, %s FROM accounts_person WHERE public_id = %s
ON CONFLICT (person_id) DO UPDATE SET at = greatest(known.at, excluded.at)
"""
OF_PERSON = f"""
SELECT merchant_id, '{Dealing.LOOKED}' FROM ads_look WHERE person_id = %s AND at > %s
UNION SELECT v.merchant_id, '{Dealing.BAGGED}' FROM orders_cart c
JOIN orders_cartline l ON l.cart_id = c.id JOIN catalog_variant v ON v.id = l.variant_id
WHERE c.person_id = %s AND c.touched_at > {_FRESH.format(person="%s")}
UNION SELECT o.merchant_id, '{Dealing.BOUGHT}' FROM orders_ordergroup g
JOIN orders_order o ON o.group_id = g.id
WHERE g.buyer_id = %s AND o.state NOT IN {_GONE}
    AND g.placed_at > greatest(%s, {_FRESH.format(person="%s")})
"""  # noqa: S608  (our own constants)
"""Shops, and what one person has to do with each."""
OF_SHOP = f"""
SELECT * FROM (
    SELECT person_id, '{Dealing.LOOKED}', at FROM ads_look WHERE merchant_id = %s
    UNION SELECT c.person_id, '{Dealing.BAGGED}', c.touched_at FROM catalog_variant v
    JOIN orders_cartline l ON l.variant_id = v.id JOIN orders_cart c ON c.id = l.cart_id
    WHERE v.merchant_id = %s AND c.person_id IS NOT NULL
    UNION SELECT g.buyer_id, '{Dealing.BOUGHT}', g.placed_at FROM orders_order o
    JOIN orders_ordergroup g ON g.id = o.group_id
    WHERE o.merchant_id = %s AND g.buyer_id IS NOT NULL AND o.state NOT IN {_GONE}
        AND g.placed_at > now() - interval '{BUYS_LAST // timedelta(days=1)} days'
) AS done (person, what, at) WHERE at > {_FRESH.format(person="person")}
"""  # noqa: S608  (our own constants)
"""Who has what to do with a shop, and since when: its key, three times."""
_PEOPLE = f"""
SELECT done.person FROM ({OF_SHOP}) AS done
JOIN accounts_person p ON p.id = done.person AND p.{_ADULTS}
GROUP BY 1 HAVING array_agg(done.what) && %s::text[] AND NOT array_agg(done.what) && %s::text[]
ORDER BY hashint8(done.person) LIMIT %s
"""  # noqa: S608  (our own constants)
"""Adults who did one of some things in a shop, and none of some others."""
