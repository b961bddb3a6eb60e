"""Look at what was billed for what no honest people do, and take it back.

Ten minutes at a time, once no token of them is out and their leases are closed; each time with the
hour before. Killed anywhere, it looks again at what it was at: what was taken back is taken back
once, and is part of no flood any more. Source: docs/adr/0118-invalid-traffic.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import NamedTuple, TypeVar

from django.db.models import Max, Min, Sum

from vitrine.accounts import visitors
from vitrine.ads import chances, hasty, leasing, origins, rates, reversing, suspecting, tokens
from vitrine.ads.models import (
    AdDay,
    Advertiser,
    Billed,
    Ground,
    Lease,
    Objective,
    Placement,
    Showing,
    Sifting,
)
from vitrine.ads.reversing import Doubt
from vitrine.kernel import prepared
from vitrine.sovereignty.cell import local_day

TURN = timedelta(minutes=10)
WINDOW = timedelta(hours=1)
SETTLED = leasing.LASTS + tokens.LIVES + timedelta(minutes=5)
"""So long after a showing its token is over, its lease closed, and its charge can be taken back."""
LEARNT = timedelta(days=7)
MOST_TURNS = 36
KEPT = timedelta(days=30)
_BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
K = TypeVar("K")


class Counted(NamedTuple):
    """A charge with its showing. is_back: taken back before, by which the others can be told.

    ordered_s: from the click to the first order that is credited to it by now. is_own: of a browser
    that one of the ad's own people used within a day.
    """

    charge: int
    ad: int
    payer: int
    billed: str
    at: datetime
    shown_at: datetime
    viewer: str
    device: bytes
    network: bytes
    ordered_s: float | None
    is_own: bool = False
    is_back: bool = False


@dataclass
class Expected:
    """What was foretold of an ad's showings, set right. turn, window: how many would be billed.

    learnt: how many were, in the days before. by_network: of those that one connection reported.
    """

    turn: float = 0.0
    window: float = 0.0
    learnt: int = 0
    by_network: dict[bytes, float] = field(default_factory=dict)


def sift_due(*, at: datetime) -> int:
    """Look at all that is due; return how many charges were taken back. Safe to run twice."""
    back = 0
    for _ in range(MOST_TURNS):
        until = _next(at - origins.KEPT)
        if until is None or until > at - SETTLED:
            break
        if Lease.objects.filter(closed_at=None, until_at__lt=until + leasing.LASTS).exists():
            break
        back += sift(until, at=at)
    return back


def _next(since: datetime) -> datetime | None:
    """Return the end of the next ten minutes that have showings; None where there are none."""
    done = Sifting.objects.aggregate(until=Max("until_at"))["until"] or since
    first = Showing.objects.filter(at__gte=max(done, since)).aggregate(at=Min("at"))["at"]
    if first is None:
        return None
    turns: int = (first - _BEGIN) // TURN
    return _BEGIN + (turns + 1) * TURN


def sift(until: datetime, *, at: datetime) -> int:
    """Look at what was shown in the hour before an instant; return how many were taken back.

    Queries: 6 where all is well. Locks: those of ``reversing.take_back``, one advertiser after the
    other.
    """
    counted = _read(until)
    payer_of = {one.charge: one.payer for one in counted}
    of_payer: defaultdict[int, list[Doubt]] = defaultdict(list)
    for doubt in doubts(counted, _expected(until), until=until):
        of_payer[payer_of[doubt.charge]].append(doubt)
    payers = Advertiser.objects.filter(pk__in=of_payer).order_by("pk") if of_payer else ()
    back = sum(reversing.take_back(one, of_payer[one.pk], at=at) for one in payers)
    Sifting.objects.update_or_create(
        until_at=until,
        defaults={
            "charges": sum(not one.is_back for one in counted),
            "reversed": back,
            "at": at,
        },
    )
    return back


def forget(*, at: datetime) -> None:
    """Delete what was noted of looking long ago. Queries: 1."""
    Sifting.objects.filter(until_at__lt=at - KEPT).delete()


def doubts(
    charges: Sequence[Counted], expected: Mapping[int, Expected], *, until: datetime
) -> list[Doubt]:
    """Return which charges are taken back, each for its first ground. Queries: 0.

    charges: of all ads in the hour before ``until``, in the order of their reports. expected: by
    ad. What a ground takes is no matter for the next, so that a flood is what is left beyond what
    was to be expected.
    """
    found: dict[int, Doubt] = {}
    for of_all in (_own, _too_often, _device):
        _add(found, of_all(_left(charges, found)))
    for ad, of_ad in _by(charges, lambda one: one.ad).items():
        foretold = expected.get(ad, Expected())
        for ground in (_network, _rhythm, _haste):
            _add(found, ground(_left(of_ad, found), foretold))
        for since, number in ((until - TURN, foretold.turn), (until - WINDOW, foretold.window)):
            left = [one for one in _left(of_ad, found) if not one.is_back]
            _add(found, _flood([one for one in left if one.shown_at >= since], number, foretold))
    back = {one.charge for one in charges if one.is_back}
    return [doubt for charge, doubt in found.items() if charge not in back]


def _left(charges: Sequence[Counted], found: Mapping[int, Doubt]) -> list[Counted]:
    return [one for one in charges if one.charge not in found]


def _add(found: dict[int, Doubt], doubts: Iterable[Doubt]) -> None:
    for doubt in doubts:
        if (doubt.score or 0) >= rates.THRESHOLD:
            found.setdefault(doubt.charge, doubt)


def _own(charges: Sequence[Counted]) -> Iterable[Doubt]:
    """What an ad's own people did when they were not signed in, or as somebody else."""
    own = (one for one in charges if one.is_own)
    return (Doubt(one.charge, Ground.OWN, rates.SUREST_SCORE) for one in own)


def _too_often(charges: Sequence[Counted]) -> Iterable[Doubt]:
    """What was billed of a viewer since some of their reports came at one moment, by all rules."""
    counting = [one for one in charges if not one.is_back]
    for of_viewer in _by(counting, lambda one: one.viewer).values():
        due: list[Counted] = []
        for one in of_viewer:
            if any(_is_beyond(rule, one, due) for rule in rates.ALLOWANCES):
                yield Doubt(one.charge, Ground.TOO_OFTEN, rates.SUREST_SCORE)
            else:
                due.append(one)


def _is_beyond(rule: rates.Allowance, one: Counted, due: Sequence[Counted]) -> bool:
    """Tell whether a charge is one more of its viewer's than a rule allows."""
    if rule.what != one.billed or len(due) < rule.most:
        return False
    alike = (each for each in due if each.billed == rule.what and one.at - each.at < rule.within)
    return sum(not rule.of_one_ad or each.ad == one.ad for each in alike) >= rule.most


def _device(charges: Sequence[Counted]) -> Iterable[Doubt]:
    """What came of a browser that many used for one payer, whichever of its ads they met.

    Whoever follows one ad need not follow the next, so of clicks each ad is a sign of its own.
    Whoever sees one sees the next as well.
    """
    for (_, device), shared in _by(charges, lambda one: (one.payer, one.device)).items():
        if not device:
            continue
        clicks = [one for one in shared if one.billed == Billed.CLICK]
        by_ad = sum(_crowd(of_ad) for of_ad in _by(clicks, lambda one: one.ad).values())
        score = min(max(_crowd(shared), by_ad), rates.SUREST_SCORE)
        yield from (Doubt(one.charge, Ground.DEVICE, score) for one in shared)


def _crowd(charges: Iterable[Counted]) -> float:
    return suspecting.crowd(len({one.viewer for one in charges}))


def _network(charges: Sequence[Counted], expected: Expected) -> Iterable[Doubt]:
    for network, shared in _by(charges, lambda one: one.network).items():
        if not network:
            continue
        if shared[0].billed == Billed.VIEW:
            counting = [one for one in shared if not one.is_back]
            beyond = counting[rates.VIEWS_FROM_A_NETWORK :]
            yield from (Doubt(one.charge, Ground.NETWORK, rates.SUREST_SCORE) for one in beyond)
            continue
        foretold = expected.by_network.get(network, 0.0)
        score = suspecting.flood(len(shared), expected=foretold, learnt=expected.learnt)
        yield from (Doubt(one.charge, Ground.NETWORK, score) for one in shared)


def _rhythm(charges: Sequence[Counted], _: Expected) -> Iterable[Doubt]:
    delays = [(one.at - one.shown_at).total_seconds() for one in charges]
    alike = suspecting.alike(delays, width=rates.ALIKE_DELAY_S, share=rates.ALIKE_DELAY_SHARE)
    yield from (Doubt(charges[n].charge, Ground.RHYTHM, alike.score) for n in alike.members)
    gaps = [(two.at - one.at).total_seconds() for one, two in pairwise(charges)]
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    even = suspecting.alike(
        gaps,
        width=rates.ALIKE_GAP * mean,
        share=rates.ALIKE_GAP_SHARE,
        least=rates.ALIKE_GAP_FROM * mean,
    )
    yield from (Doubt(charges[n + 1].charge, Ground.RHYTHM, even.score) for n in even.members)


def _haste(charges: Sequence[Counted], _: Expected) -> Iterable[Doubt]:
    sold = [(one.charge, one.ordered_s) for one in charges if one.ordered_s is not None]
    return hasty.doubts(sold)


def _flood(charges: Sequence[Counted], number: float, expected: Expected) -> Iterable[Doubt]:
    """What is beyond the number to be expected: of visitors first, the latest first.

    The honest among them cannot be told apart. Were all taken back, an advertiser who floods an ad
    of their own would have the honest ones for nothing.
    """
    score = suspecting.flood(len(charges), expected=number, learnt=expected.learnt)
    if score < rates.THRESHOLD:
        return
    known = sorted(charges, key=lambda one: (one.viewer.startswith(visitors.BEGIN), one.at))
    for one in known[-suspecting.beyond(len(charges), expected=number) :]:
        yield Doubt(one.charge, Ground.FLOOD, score)


def _by(charges: Iterable[Counted], key: Callable[[Counted], K]) -> dict[K, list[Counted]]:
    found: defaultdict[K, list[Counted]] = defaultdict(list)
    for one in charges:
        found[key(one)].append(one)
    return dict(found)


def _read(until: datetime) -> list[Counted]:
    window = [until - WINDOW, until]
    asked = [*window, until - origins.KEPT, *window]
    return [Counted._make(row) for row in prepared.rows(_COUNTED, asked)]


_COUNTED = f"""
WITH own AS MATERIALIZED (
    SELECT DISTINCT seen.id AS ad, o.device
    FROM (
        SELECT DISTINCT c.ad_id AS id FROM ads_showing s JOIN ads_charge c ON c.showing = s.showing
        WHERE s.at >= %s AND s.at < %s
    ) AS seen
    CROSS JOIN LATERAL ads_insiders(seen.id) AS of (person)
    JOIN accounts_person p ON p.id = of.person
    JOIN ads_showing s ON s.viewer = p.public_id AND s.at >= %s
    JOIN ads_origin o ON o.showing = s.showing AND o.device <> ''
)
SELECT c.id, s.ad_id, k.advertiser_id, c.billed, c.at, s.at, s.viewer,
    coalesce(o.device, ''), coalesce(o.network, ''), (
        {hasty.ORDERED_S}
    ), (c.ad_id, o.device) IN (SELECT ad, device FROM own) IS TRUE,
    EXISTS (SELECT FROM ads_reversal r WHERE r.charge_id = c.id)
FROM ads_showing s
JOIN ads_charge c ON c.showing = s.showing
JOIN ads_campaign k ON k.id = c.campaign_id
LEFT JOIN ads_origin o ON o.showing = s.showing AND o.what = c.billed
WHERE s.at >= %s AND s.at < %s
ORDER BY c.at, c.id
"""  # noqa: S608  (our own constants)


def _expected(until: datetime) -> dict[int, Expected]:
    """Return what was foretold of each ad that was shown. Queries: 4."""
    since = until - WINDOW
    found: dict[int, Expected] = {}
    rightings, learnt = _learnt(until)
    columns = [list(column) for column in zip(*rightings, strict=True)]
    for ad, turn, window in prepared.rows(_FORETOLD, [*columns, until - TURN, since, until]):
        found[ad] = Expected(turn, window, learnt.get(ad, 0))
    of_network = [since, until + tokens.LIVES + tokens.AHEAD, since, until, rates.LEAST]
    for ad, network, foretold in prepared.rows(_OF_NETWORKS, [*columns, *of_network]):
        found[ad].by_network[bytes(network)] = foretold / chances.USUAL[Billed.VIEW]
    return found


_RIGHT = """
WITH righting AS (
    SELECT * FROM unnest(%s::text[], %s::text[], %s::float8[]) AS one (objective, placement, times)
)
"""
_FORETOLD = f"""{_RIGHT}
SELECT s.ad_id, coalesce(sum(s.chance * r.times) FILTER (WHERE s.at >= %s), 0),
    sum(s.chance * r.times)
FROM ads_showing s JOIN ads_ad ad ON ad.id = s.ad_id JOIN ads_adgroup g ON g.id = ad.group_id
JOIN ads_campaign k ON k.id = g.campaign_id
JOIN righting r ON r.objective = k.objective AND r.placement = s.placement
WHERE s.at >= %s AND s.at < %s GROUP BY 1
"""  # noqa: S608  (our own constant)
_OF_NETWORKS = f"""{_RIGHT}
SELECT s.ad_id, o.network, sum(s.chance * r.times)
FROM (
    SELECT DISTINCT showing, network FROM ads_origin WHERE at >= %s AND at < %s
) AS o JOIN ads_showing s ON s.showing = o.showing
JOIN ads_ad ad ON ad.id = s.ad_id JOIN ads_adgroup g ON g.id = ad.group_id
JOIN ads_campaign k ON k.id = g.campaign_id
JOIN righting r ON r.objective = k.objective AND r.placement = s.placement
WHERE s.at >= %s AND s.at < %s GROUP BY 1, 2 HAVING count(*) >= %s
"""  # noqa: S608  (our own constant)


def _learnt(until: datetime) -> tuple[list[tuple[str, str, float]], dict[int, int]]:
    """Return by what chances are set right, and how many of each ad were billed.

    The first for each objective and placement. Of the days before that of ``until``: a flood does
    not raise what is expected of itself.
    """
    day = local_day(until)
    before = AdDay.objects.filter(day__lt=day, day__gte=day - LEARNT)
    sums = {"foretold": Sum("expected"), "view": Sum("views"), "click": Sum("clicks")}
    objective = "ad__group__campaign__objective"
    foretold = defaultdict[tuple[str, str], float](float)
    billed = defaultdict[tuple[str, str], int](int)
    learnt = defaultdict[int, int](int)
    for row in before.values("ad", objective, "placement").annotate(**sums).order_by():
        what = Objective(row[objective]).pays_for.value
        foretold[what, row["placement"]] += row["foretold"]
        billed[what, row["placement"]] += row[what]
        learnt[row["ad"]] += row[what]
    rightings = []
    for one, placement in product(Objective, Placement):
        of = one.pays_for.value, placement.value
        right = chances.set_right(foretold[of], billed[of])
        rightings.append((one.value, placement.value, right))
    return rightings, learnt
