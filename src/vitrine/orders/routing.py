"""Choose where goods are taken from: rules of a merchant, applied to shelves. No I/O.

Fewest parcels first is exact while few places could send; beyond that it is exact for up to three
parcels from the best places, and greedy where even those do not do.
Source: docs/adr/0066-stock-and-stores.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations
from math import asin, cos, radians, sin, sqrt

EXACT_PLACES = 12
"""So many places are tried in every combination: 4,095 of them."""
MOST_PLACES, MOST_PARCELS = 30, 3
"""Of more places, the best are tried, three at a time: 4,525 combinations."""
EARTH_KM = 6371.0
SAME_POSTCODE_KM, NEARBY_KM, SAME_REGION_KM, FAR_KM = 3.0, 30.0, 300.0, 2000.0
"""How far it roughly is where nobody has told where on earth a place is."""


class Rule(StrEnum):
    """What can count when a place is chosen."""

    PARCELS = "parcels"
    NEAREST = "nearest"
    PRIORITY = "priority"


@dataclass(frozen=True)
class Destination:
    """Where a parcel goes."""

    region: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Site:
    """A place that may send. priority: the lower, the sooner; a warehouse before a store."""

    location_id: int
    is_store: bool = False
    ships: bool = True
    priority: int = 5
    region: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Need:
    """So many of a variant; location_id: the store it must come from, None for anywhere.

    to: where it goes; what goes to one place is planned together.
    """

    variant_id: int
    quantity: int
    location_id: int | None = None
    to: Destination | None = None


@dataclass
class Shelf:
    """What is available of a variant at a place; planning takes from it.

    transfer_line_id: it is on its way there, and comes on that day: only for who collects it.
    """

    stock_id: int
    variant_id: int
    site: Site
    available: int
    transfer_line_id: int | None = None
    comes_on: date | None = None


@dataclass(frozen=True)
class Take:
    """So many from one shelf, for one need; transfer_line_id: once it is there."""

    need: Need
    stock_id: int
    quantity: int
    transfer_line_id: int | None = None


@dataclass(frozen=True)
class Route:
    """What is taken from where. lacking: variant -> how many nobody has."""

    takes: tuple[Take, ...] = ()
    lacking: Mapping[int, int] = field(default_factory=dict)


def rules_of(text: str) -> tuple[Rule, ...]:
    """Read a merchant's rules; those that it does not name come last, in their usual order."""
    named = [Rule(word) for word in text.split() if word in list(Rule)]
    return tuple(dict.fromkeys([*named, *Rule]))


def plan(
    needs: Sequence[Need],
    shelves: Sequence[Shelf],
    *,
    rules: Sequence[Rule] = tuple(Rule),
) -> Route:
    """Choose where one merchant's needs are taken from; the shelves are left with what remains.

    needs: those of a store are taken there; all others from places that send, by the rules, what
    goes to one destination together.
    Where something lacks, nothing is taken.
    """
    left = {id(shelf): shelf.available for shelf in shelves}
    collected = _fill([need for need in needs if need.location_id is not None], shelves)
    by_destination: dict[Destination, list[Need]] = {}
    for need in needs:
        if need.location_id is None:
            by_destination.setdefault(need.to or Destination(), []).append(need)
    sending = [one for one in shelves if one.site.ships and one.transfer_line_id is None]
    routes = [collected]
    for to, free in by_destination.items():
        routes.append(_send(free, sending, rules, to))
    if lacking := {variant: short for one in routes for variant, short in one.lacking.items()}:
        for shelf in shelves:
            shelf.available = left[id(shelf)]
        return Route(lacking=lacking)
    return Route(tuple(take for one in routes for take in one.takes))


def _send(
    needs: Sequence[Need], shelves: Sequence[Shelf], rules: Sequence[Rule], to: Destination
) -> Route:
    """Take what goes to one place from places that send, by the rules."""
    order = _order(shelves, rules, to)
    if rules[0] is Rule.PARCELS:
        order = _fewest(_summed(needs), _supply(shelves), order)
    by_place: dict[int, list[Shelf]] = {}
    for shelf in shelves:
        by_place.setdefault(shelf.site.location_id, []).append(shelf)
    return _fill(needs, [shelf for place in order for shelf in by_place[place]])


def distance_km(site: Site, to: Destination) -> float:
    """Return how far it is, roughly: by coordinates where both are known, else by the address."""
    known = (site.latitude, site.longitude, to.latitude, to.longitude)
    if None not in known:
        return _great_circle(*(radians(degree) for degree in known if degree is not None))
    if to.postcode and site.postcode == to.postcode:
        return SAME_POSTCODE_KM
    if to.postcode and site.postcode[:3] == to.postcode[:3]:
        return NEARBY_KM
    return SAME_REGION_KM if to.region == site.region else FAR_KM


def _fill(needs: Sequence[Need], shelves: Sequence[Shelf]) -> Route:
    """Take each need from the shelves in their order, from one that has it all if any has."""
    takes: list[Take] = []
    lacking: dict[int, int] = {}
    for need in needs:
        missing = need.quantity
        for shelf in _for(need, shelves):
            quantity = min(missing, shelf.available)
            if quantity:
                shelf.available -= quantity
                missing -= quantity
                takes.append(Take(need, shelf.stock_id, quantity, shelf.transfer_line_id))
        if missing:
            lacking[need.variant_id] = lacking.get(need.variant_id, 0) + missing
    return Route(tuple(takes), lacking)


def _for(need: Need, shelves: Sequence[Shelf]) -> list[Shelf]:
    able = [
        shelf
        for shelf in shelves
        if shelf.variant_id == need.variant_id
        and need.location_id in (None, shelf.site.location_id)
    ]
    if need.location_id is not None:  # what lies there, then what comes first
        return sorted(able, key=lambda shelf: shelf.comes_on or date.min)
    return sorted(able, key=lambda shelf: shelf.available < need.quantity)


def _order(shelves: Sequence[Shelf], rules: Sequence[Rule], to: Destination) -> list[int]:
    """Return the places in the order in which the rules like them, parcels aside.

    Those alike to the rules are tried by how much they have: what is many splits the least.
    """
    sites = {shelf.site.location_id: shelf.site for shelf in shelves}
    much = {place: sum(by_variant.values()) for place, by_variant in _supply(shelves).items()}

    def liking(site: Site) -> tuple[float, ...]:
        ranks: list[float] = []
        for rule in rules:
            if rule is Rule.NEAREST:
                ranks.append(distance_km(site, to))
            elif rule is Rule.PRIORITY:
                ranks += [site.priority, site.is_store]
        return (*ranks, -much[site.location_id], site.location_id)

    return [site.location_id for site in sorted(sites.values(), key=liking)]


Supply = Mapping[int, Mapping[int, int]]
"""Place -> variant -> how many."""


def _fewest(wanted: Mapping[int, int], supply: Supply, order: list[int]) -> list[int]:
    """Return the fewest places that have everything, those liked better first; all if none do.

    Of several choices of one size, the one whose places are liked best wins.
    """
    useful = [place for place in order if any(supply[place].get(each) for each in wanted)]
    for places in _choices(useful):
        if _covers(wanted, supply, places):
            return list(places)
    return order


def _choices(places: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield sets of places, small ones first, and in each size those liked better first."""
    if len(places) > EXACT_PLACES:
        yield from ((place,) for place in places)
        places, most, least = places[:MOST_PLACES], MOST_PARCELS, 2
    else:
        most, least = len(places), 1
    for size in range(least, most + 1):
        ranked = combinations(range(len(places)), size)
        for ranks in sorted(ranked, key=lambda chosen: (sum(chosen), chosen)):
            yield tuple(places[rank] for rank in ranks)


def _covers(wanted: Mapping[int, int], supply: Supply, places: Sequence[int]) -> bool:
    return all(
        sum(supply[place].get(variant_id, 0) for place in places) >= quantity
        for variant_id, quantity in wanted.items()
    )


def _supply(shelves: Sequence[Shelf]) -> Supply:
    supply: dict[int, dict[int, int]] = {}
    for shelf in shelves:
        of_place = supply.setdefault(shelf.site.location_id, {})
        of_place[shelf.variant_id] = of_place.get(shelf.variant_id, 0) + shelf.available
    return supply


def _summed(needs: Sequence[Need]) -> dict[int, int]:
    wanted: dict[int, int] = {}
    for need in needs:
        wanted[need.variant_id] = wanted.get(need.variant_id, 0) + need.quantity
    return wanted


def _great_circle(latitude: float, longitude: float, there: float, beyond: float) -> float:
    half = sin((there - latitude) / 2) ** 2
    half += cos(latitude) * cos(there) * sin((beyond - longitude) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
