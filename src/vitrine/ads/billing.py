"""Bill what is reported of ads, once each and never beyond a lease; count what costs nothing.

What an advertiser's own people report, and a viewer beyond what is billed of one (``rates``), is
refused in the same statement. From where its own people report is noted, to know them there again
when they are signed out.

One statement does it for all who report at one moment. Leases are locked in key order, and what
they have left is read behind that lock; a charge adds to its lease in Postgres, so neither can be
written without the other. Source: docs/adr/0115-ad-tokens-and-billing.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from vitrine.ads import disbelieving, rates, tokens
from vitrine.ads.disbelieving import Refused
from vitrine.ads.models import Billed
from vitrine.ads.origins import NOWHERE, From
from vitrine.ads.tokens import NotBelieved, Reason, Token
from vitrine.kernel import prepared
from vitrine.kernel.batching import Batcher
from vitrine.sovereignty.cell import home


class Report(NamedTuple):
    """A token came back. what: whether its ad was seen, or followed. viewer: as in ``Showing``."""

    token: Token
    what: Billed
    viewer: str
    origin: From
    at: datetime


@dataclass
class Heard:
    """What a browser reports of ads at one moment."""

    reports: list[Report] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def note(
    texts: Iterable[str], what: Billed, *, viewer: str, at: datetime, origin: From = NOWHERE
) -> int:
    """Bill or count what a viewer saw or followed; return how much of it was believed.

    What is refused is counted by reason and costs nobody anything. Queries: 1, for all who report
    at this moment, and none where no token is in order.
    """
    heard = opened(texts, what, viewer=viewer, origin=origin, at=at)
    said = _BATCHER.ask(heard.reports) if heard.reports else []
    refused = [
        Refused(why, what, one.token.ad)
        for one, why in zip(heard.reports, said, strict=True)
        if why is not None
    ]
    disbelieving.note([*heard.refused, *refused])
    return len(said) - len(refused)


def opened(
    texts: Iterable[str], what: Billed, *, viewer: str, at: datetime, origin: From = NOWHERE
) -> Heard:
    """Open tokens that came back. The same twice is replayed. Queries: 0."""
    heard, known = Heard(), set()
    for text in texts:
        try:
            token = tokens.read(text, viewer=viewer, at=at)
        except NotBelieved as why:
            heard.refused.append(Refused(why.reason, what, why.ad))
            continue
        if token.showing in known:
            heard.refused.append(Refused(Reason.REPLAYED, what, token.ad))
            continue
        known.add(token.showing)
        heard.reports.append(Report(token, what, viewer, origin, at))
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
    allowances = zip(*rates.ALLOWANCES, strict=True)
    return [
        [str(token.showing) for token in made],
        [token.lease for token in made],
        [token.ad for token in made],
        [token.price_micros for token in made],
        [one.viewer for one in reports],
        [token.placement.value for token in made],
        [one.what.value for one in reports],
        [one.what == one.token.billed for one in reports],
        [one.origin.device for one in reports],
        [one.origin.network for one in reports],
        [one.at for one in reports],
        leases,
        sorted({one.viewer for one in reports}),
        min(one.at for one in reports) - rates.DAY,
        tokens.LIVES + tokens.AHEAD,
        *(list(column) for column in allowances),
        home(),
        home(),
        home(),
    ]


BILL = """
WITH asked AS MATERIALIZED (
    SELECT one.*, EXISTS (SELECT FROM ads_charge c WHERE c.showing = one.showing) AS is_known
    FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[],
        %s::text[], %s::bool[], %s::bytea[], %s::bytea[], %s::timestamptz[]) WITH ORDINALITY
        AS one (showing, lease, ad, price_micros, viewer, placement, what, is_billed, device,
            network, at, n)
), held AS MATERIALIZED (
    SELECT l.id, l.campaign_id, l.amount_micros - l.spent_micros AS left_micros, b.day
    FROM ads_lease l JOIN ads_budget b ON b.id = l.daily_id
    WHERE l.id = ANY (%s::bigint[]) AND l.closed_at IS NULL
    ORDER BY l.id FOR NO KEY UPDATE OF l
), earlier AS MATERIALIZED (
    SELECT s.viewer, s.ad_id AS ad, c.billed AS what, c.at, 0 AS n
    FROM (SELECT unnest(%s::text[]), %s::timestamptz, %s::interval) AS one (viewer, since, lives)
    JOIN ads_showing s ON s.viewer = one.viewer AND s.at > one.since - one.lives
    JOIN ads_charge c ON c.showing = s.showing AND c.at > one.since
    UNION ALL
    SELECT viewer, ad, what, at, n FROM asked WHERE is_billed AND NOT is_known
), often AS MATERIALIZED (
    SELECT DISTINCT asked.n
    FROM unnest(%s::text[], %s::interval[], %s::int[], %s::bool[])
        AS rule (what, within, most, of_one_ad)
    JOIN asked ON asked.what = rule.what AND is_billed
    JOIN earlier e ON e.viewer = asked.viewer AND e.what = asked.what AND e.n < asked.n
        AND e.at > asked.at - rule.within AND (NOT of_one_ad OR e.ad = asked.ad)
    GROUP BY asked.n, rule.within, rule.most, of_one_ad HAVING count(*) >= rule.most
), refused AS MATERIALIZED (
    SELECT asked.n, CASE
        WHEN EXISTS (
            SELECT FROM accounts_person p
            JOIN ads_insiders(asked.ad) AS insider ON insider = p.id
            WHERE p.public_id = asked.viewer
        ) THEN 'own'
        WHEN often.n IS NOT NULL THEN 'too often'
    END AS why
    FROM asked LEFT JOIN often USING (n)
), fitting AS MATERIALIZED (
    SELECT asked.*, held.campaign_id, held.day,
        sum(price_micros) OVER (PARTITION BY lease ORDER BY n) <= left_micros AS fits
    FROM asked JOIN held ON held.id = asked.lease JOIN refused USING (n)
    WHERE is_billed AND NOT is_known AND why IS NULL
), charged AS (
    INSERT INTO ads_charge (home_cell, showing, ad_id, campaign_id, lease_id, billed, placement,
        price_micros, day, at)
    SELECT %s, showing, ad, campaign_id, lease, what, placement, price_micros, day, at
    FROM fitting WHERE fits ORDER BY n
    ON CONFLICT (showing) DO NOTHING RETURNING showing
), counted AS (
    INSERT INTO ads_response (home_cell, showing, ad_id, what, day, at)
    SELECT %s, showing, ad, what, day, at
    FROM asked JOIN held ON held.id = asked.lease JOIN refused USING (n)
    WHERE NOT is_billed AND why IS NULL ORDER BY n
    ON CONFLICT (showing, what) DO NOTHING RETURNING showing
), noted AS (
    INSERT INTO ads_origin (home_cell, showing, what, device, network, at)
    SELECT %s, asked.showing, what, device, network, at
    FROM asked JOIN refused USING (n)
    LEFT JOIN charged ON charged.showing = asked.showing AND is_billed
    LEFT JOIN counted ON counted.showing = asked.showing AND NOT is_billed
    WHERE network <> ''
        AND (coalesce(charged.showing, counted.showing) IS NOT NULL OR why = 'own') ORDER BY n
    ON CONFLICT (showing, what) DO NOTHING
)
SELECT asked.n, CASE
    WHEN held.id IS NULL OR fitting.fits IS FALSE THEN 'lease over'
    WHEN asked.is_known AND asked.is_billed THEN 'replayed'
    WHEN refused.why IS NOT NULL THEN refused.why
    WHEN coalesce(charged.showing, counted.showing) IS NULL THEN 'replayed'
END
FROM asked JOIN refused USING (n)
LEFT JOIN held ON held.id = asked.lease
LEFT JOIN fitting USING (n)
LEFT JOIN charged ON charged.showing = asked.showing AND asked.is_billed
LEFT JOIN counted ON counted.showing = asked.showing AND NOT asked.is_billed
"""
