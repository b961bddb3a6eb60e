"""Use places in queues for what is bought, in the statement that writes it (``placing``).

A place is used by a purchase that is written, and by no other: what is refused leaves it as it was.
Source: docs/adr/0084-carried-turns.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from vitrine.accounts.models import Person
from vitrine.catalog.models import Product
from vitrine.kernel import prepared
from vitrine.kernel.errors import Refusal
from vitrine.orders.household import Household

HOUSEHOLD = ("place_one_an_address", "place_one_a_phone")
"""The constraints that let a household have a thing once."""

CAME_TO_NOTHING = """(p.used_key = '' OR NOT EXISTS (
    SELECT FROM orders_ordergroup AS u WHERE u.key = p.used_key AND u.state <> 'failed'))"""
"""Of a place p: no purchase by it is there that did not fail."""


def _digest(said: str) -> str:
    """Return what stands for words of a household in one drop: alike in no other."""
    return f"encode(sha256(convert_to(d.public_id || ':' || {said}, 'UTF8')), 'hex')"


TURNS = f"""
    claims AS MATERIALIZED (
        SELECT t.of, t.came, t.key, t.at, t.quantity > d.most_each AS is_too_many, d.id AS queue,
            CASE WHEN t.address = '' THEN '' ELSE {_digest("t.address")} END AS used_for,
            CASE WHEN t.phone = '' THEN '' ELSE {_digest("t.phone")} END AS used_phone,
            mine.id AS place, mine.used_key
        FROM given CROSS JOIN jsonb_array_elements(j -> 'claims') AS e(e)
            CROSS JOIN jsonb_to_record(e) AS t(of text, came int, key text, at timestamptz,
                product bigint, quantity int, person bigint, visitor text, address text, phone text)
            JOIN orders_drop AS d
                ON d.product_id = t.product AND d.ended_at IS NULL AND d.ends_at > t.at
            LEFT JOIN LATERAL (
                SELECT p.id, p.used_key FROM (
                    SELECT * FROM orders_place
                    WHERE drop_id = d.id AND visitor = t.visitor AND t.visitor <> ''
                    UNION ALL
                    SELECT * FROM orders_place WHERE drop_id = d.id AND person_id = t.person
                ) AS p
                WHERE p.admitted_until > t.at AND (p.used_key = t.key OR {CAME_TO_NOTHING})
                ORDER BY p.in_lot DESC, p.person_id NULLS LAST, p.id LIMIT 1
            ) AS mine ON true
    ),
    held AS MATERIALIZED (
        SELECT p.id, claims.of FROM claims JOIN orders_place AS p ON p.id = claims.place
        WHERE p.used_key IN (claims.used_key, claims.key) ORDER BY p.id FOR NO KEY UPDATE OF p
    ),
    judged AS MATERIALIZED (
        SELECT t.*, CASE
            WHEN is_too_many THEN 'TOO_MANY'
            WHEN held.id IS NULL THEN 'OUT_OF_TURN'
            WHEN EXISTS (SELECT FROM orders_place AS p WHERE p.drop_id = queue AND p.id <> place
                    AND p.used_for = t.used_for AND p.used_for <> '')
                OR EXISTS (SELECT FROM orders_place AS p WHERE p.drop_id = queue AND p.id <> place
                    AND p.used_phone = t.used_phone AND p.used_phone <> '') THEN 'ONE_EACH'
            WHEN first_value(key) OVER (PARTITION BY place ORDER BY came) <> key
                OR used_for <> '' AND key <>
                    first_value(key) OVER (PARTITION BY queue, used_for ORDER BY came)
                OR used_phone <> '' AND key <>
                    first_value(key) OVER (PARTITION BY queue, used_phone ORDER BY came)
                THEN 'CONTENDED' END AS why
        FROM claims AS t LEFT JOIN held ON held.id = place AND held.of = t.of
    ),
    refused AS MATERIALIZED (
        SELECT of, max(why) AS why FROM judged WHERE why IS NOT NULL GROUP BY of
    ),"""  # noqa: S608 (our own names)
"""Parts of the statement, before it looks for stock: each claim and its place, if it has one that
is let in and free. ``held`` locks these, in key order and before any stock, and sees them as they
are then. Of several of one moment for one place or household the first is heard, and the others
are asked again: only what was written keeps a household from having more."""

ALLOWED = "WHERE t.of NOT IN (SELECT of FROM refused)"

USED = """
    used AS (
        UPDATE orders_place AS p SET used_key = t.key, used_at = t.at,
            used_for = t.used_for, used_phone = t.used_phone
        FROM judged AS t JOIN g ON g.public_id = t.of WHERE p.id = t.place
    ),"""
"""Behind the groups that were written: their places are used."""

REFUSED = "UNION ALL SELECT of, false, NULL, NULL, why FROM refused"

MAKE_ROOM = f"""
UPDATE orders_place AS p SET used_for = '', used_phone = ''
FROM orders_drop AS d CROSS JOIN (SELECT %s::text AS address, %s::text AS phone) AS t
WHERE d.product_id = %s AND d.ended_at IS NULL AND p.drop_id = d.id AND {CAME_TO_NOTHING}
    AND (t.address <> '' AND p.used_for = {_digest("t.address")}
        OR t.phone <> '' AND p.used_phone = {_digest("t.phone")})
"""  # noqa: S608 (our own names)


class OnlyInTurn(Refusal):
    """The product is sold to those alone who are let in."""

    code = "only_in_turn"
    message = "This is sold in turn. Take a place in its queue; you are let in when it is yours."


class TooMany(Refusal):
    """More than one buyer may have."""

    code = "too_many_of_a_drop"
    message = "That is more than each buyer can have of this. Choose fewer."


class OneEach(Refusal):
    """Somebody had it sent there, or left that telephone number."""

    code = "one_of_a_drop_each"
    message = (
        "Somebody bought this for the same address or telephone number already. Each household "
        "can have it once, so that many can have it."
    )


@dataclass(frozen=True)
class Claim:
    """What a purchase wants of a product that is sold in turn, and who wants it for whom."""

    product_id: int
    quantity: int
    person_id: int | None
    visitor: str
    household: Household

    def row(self, *, of: str, came: int, key: str, at: datetime) -> dict[str, Any]:
        """Return it as the statement reads it. of, key: of its purchase; came: which of them."""
        address, phone = self.household.folded()
        return {
            "of": of,
            "came": came,
            "key": key,
            "at": at.isoformat(),
            "product": self.product_id,
            "quantity": self.quantity,
            "person": self.person_id,
            "visitor": self.visitor,
            "address": address,
            "phone": phone,
        }


def of(
    quantities: Mapping[Product, int],
    going: Mapping[int, Household],
    *,
    person: Person | None,
    visitor: str,
    at: datetime,
) -> list[Claim]:
    """Return the claims of a purchase: none for what is sold as usual. Queries: 0.

    going: by product key.
    """
    return [
        Claim(product.pk, quantity, person.pk if person else None, visitor, going[product.pk])
        for product, quantity in quantities.items()
        if product.drop_until is not None and product.drop_until > at
    ]


def make_room(claims: Sequence[Claim]) -> bool:
    """Let what came to nothing keep its household from nobody. Returns whether anything did.

    Queries: 1 for each claim.
    """
    made = [prepared.run(MAKE_ROOM, [*one.household.folded(), one.product_id]) for one in claims]
    return any(made)


def is_of_household(fault: IntegrityError) -> bool:
    """Tell whether somebody of the same household was written at the same moment."""
    diagnosis: Any = getattr(fault.__cause__, "diag", None)
    return diagnosis is not None and diagnosis.constraint_name in HOUSEHOLD
