"""Bill what is reported of ads, once each and never beyond a lease; count what costs nothing.

One statement does it for all who report at one moment. Leases are locked in key order, and what
they have left is read behind that lock; a charge adds to its lease in Postgres, so neither can be
written without the other. Source: docs/adr/0115-ad-tokens-and-billing.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from vitrine.ads import disbelieving, tokens
from vitrine.ads.models import Billed
from vitrine.ads.tokens import NotBelieved, Reason, Token
from vitrine.kernel import prepared
from vitrine.kernel.batching import Batcher
from vitrine.sovereignty.cell import home


class Report(NamedTuple):
    """A token came back. what: whether its ad was seen, or followed."""

    token: Token
    what: Billed
    at: datetime


@dataclass
class Heard:
    """What a browser reports of ads at one moment."""

    reports: list[Report] = field(default_factory=list)
    refused: list[Reason] = field(default_factory=list)


def note(texts: Iterable[str], what: Billed, *, viewer: str, at: datetime) -> int:
    """Bill or count what a viewer saw or followed; return how much of it was believed.

    What is refused is counted by reason and costs nobody anything. Queries: 1, for all who report
    at this moment, and none where no token is in order.
    """
    heard = opened(texts, what, viewer=viewer, at=at)
    said = _BATCHER.ask(heard.reports) if heard.reports else []
    refused = [*heard.refused, *(why for why in said if why is not None)]
    disbelieving.note(refused)
    return sum(why is None for why in said)


def opened(texts: Iterable[str], what: Billed, *, viewer: str, at: datetime) -> Heard:
    """Open tokens that came back. The same twice is replayed. Queries: 0."""
    heard, known = Heard(), set()
    for text in texts:
        try:
            token = tokens.read(text, viewer=viewer, at=at)
        except NotBelieved as why:
            heard.refused.append(why.reason)
            continue
        if token.showing in known:
            heard.refused.append(Reason.REPLAYED)
            continue
        known.add(token.showing)
        heard.reports.append(Report(token, what, at))
    return heard


def bill_all(asked: Sequence[Sequence[Report]]) -> list[list[Reason | None]]:
    """Bill and count reports of several browsers; return why each was not, None where it was."""
    reports = [report for each in asked for report in each]
    said: dict[int, Reason | None] = {
        n - 1: Reason(why) if why else None for n, why in prepared.rows(BILL, _columns(reports))
    }
    told = iter(said[n] for n in range(len(reports)))
    return [[next(told) for _ in each] for each in asked]


_BATCHER: Batcher[Sequence[Report], Sequence[Reason | None]] = Batcher(
    bill_all, gathers=True, company_s=0.02
)
"""Who reports has gone on already, and waits for no answer."""


def _columns(reports: Sequence[Report]) -> list[object]:
    made = [one.token for one in reports]
    leases = sorted({token.lease for token in made})
    return [
        [str(token.showing) for token in made],
        [token.lease for token in made],
        [token.ad for token in made],
        [token.price_micros for token in made],
        [one.what.value for one in reports],
        [one.what == one.token.billed for one in reports],
        [one.at for one in reports],
        leases,
        home(),
        home(),
    ]


BILL = """
WITH asked AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[],
        %s::bool[], %s::timestamptz[])
        WITH ORDINALITY AS one (showing, lease, ad, price_micros, what, is_billed, at, n)
), held AS MATERIALIZED (
    SELECT l.id, l.campaign_id, l.amount_micros - l.spent_micros AS left_micros, b.day
    FROM ads_lease l JOIN ads_budget b ON b.id = l.daily_id
    WHERE l.id = ANY (%s::bigint[]) AND l.closed_at IS NULL
    ORDER BY l.id FOR NO KEY UPDATE OF l
), fitting AS MATERIALIZED (
    SELECT asked.*, held.campaign_id, held.day,
        sum(price_micros) OVER (PARTITION BY lease ORDER BY n) <= left_micros AS fits
    FROM asked JOIN held ON held.id = asked.lease
    WHERE is_billed AND NOT EXISTS (SELECT FROM ads_charge c WHERE c.showing = asked.showing)
), charged AS (
    INSERT INTO ads_charge (home_cell, showing, ad_id, campaign_id, lease_id, billed, price_micros,
        day, at)
    SELECT %s, showing, ad, campaign_id, lease, what, price_micros, day, at
    FROM fitting WHERE fits ORDER BY n
    ON CONFLICT (showing) DO NOTHING RETURNING showing
), counted AS (
    INSERT INTO ads_response (home_cell, showing, ad_id, what, day, at)
    SELECT %s, showing, ad, what, day, at
    FROM asked JOIN held ON held.id = asked.lease WHERE NOT is_billed ORDER BY n
    ON CONFLICT (showing, what) DO NOTHING RETURNING showing
)
SELECT asked.n, CASE
    WHEN held.id IS NULL OR fitting.fits IS FALSE THEN 'lease over'
    WHEN coalesce(charged.showing, counted.showing) IS NULL THEN 'replayed'
END
FROM asked
LEFT JOIN held ON held.id = asked.lease
LEFT JOIN fitting USING (n)
LEFT JOIN charged ON charged.showing = asked.showing AND asked.is_billed
LEFT JOIN counted ON counted.showing = asked.showing AND NOT asked.is_billed
"""
