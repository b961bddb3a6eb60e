"""Where goods are taken from: never more than there is, all of it or what lacks, fewest parcels."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.orders import routing
from vitrine.orders.routing import Destination, Need, Rule, Shelf, Site

BUFFALO = Destination("NY", "14201", 42.9, -78.9)
counts = st.dictionaries(
    st.tuples(st.integers(1, 5), st.integers(1, 3)), st.integers(0, 4), max_size=15
)
"""(place, variant) -> how many."""
wishes = st.dictionaries(st.integers(1, 3), st.integers(1, 5), min_size=1)


def shelves_of(counted: dict[tuple[int, int], int]) -> list[Shelf]:
    return [
        Shelf(number, variant, Site(place), available)
        for number, ((place, variant), available) in enumerate(counted.items())
    ]


def needs_of(wanted: dict[int, int]) -> list[Need]:
    return [Need(variant, quantity) for variant, quantity in wanted.items()]


@settings(max_examples=120, deadline=None)
@given(counts, wishes, st.permutations(list(Rule)))
def test_never_more_is_taken_than_there_is_and_all_of_it_or_nothing(
    counted: dict[tuple[int, int], int], wanted: dict[int, int], rules: list[Rule]
) -> None:
    shelves = shelves_of(counted)

    route = routing.plan(needs_of(wanted), shelves, rules=rules)

    there = {
        variant: sum(n for (_, each), n in counted.items() if each == variant) for variant in wanted
    }
    lacking = {v: n - there[v] for v, n in wanted.items() if n > there[v]}
    assert route.lacking == lacking
    for shelf, before in zip(shelves, counted.values(), strict=True):
        taken = sum(take.quantity for take in route.takes if take.stock_id == shelf.stock_id)
        assert shelf.available == before - taken >= 0
    if not lacking:
        got = dict.fromkeys(wanted, 0)
        for take in route.takes:
            got[take.need.variant_id] += take.quantity
        assert got == wanted


@settings(max_examples=120, deadline=None)
@given(counts, wishes)
def test_no_fewer_parcels_would_do(
    counted: dict[tuple[int, int], int], wanted: dict[int, int]
) -> None:
    route = routing.plan(needs_of(wanted), shelves_of(counted))

    keys = list(counted)
    parcels = {keys[take.stock_id][0] for take in route.takes}
    for places in combinations(range(1, 6), max(0, len(parcels) - 1)):
        enough = all(
            sum(counted.get((place, variant), 0) for place in places) >= quantity
            for variant, quantity in wanted.items()
        )
        assert not (enough and route.takes)


def test_what_goes_to_two_places_is_taken_near_each_of_them() -> None:
    east, west = Site(1, region="NY"), Site(2, region="CA")
    shelves = [
        Shelf(n, variant, site, 5)
        for n, (variant, site) in enumerate([(1, east), (2, east), (1, west), (2, west)])
    ]
    needs = [Need(1, 1, to=Destination("CA")), Need(2, 1, to=Destination("NY"))]

    route = routing.plan(needs, shelves, rules=[Rule.NEAREST])

    assert [take.stock_id for take in route.takes] == [2, 1]


def taken_from(*sites: Site, rules: str, need: int = 1, available: int = 9) -> list[int]:
    shelves = [Shelf(site.location_id, 1, site, available) for site in sites]
    route = routing.plan([Need(1, need, to=BUFFALO)], shelves, rules=routing.rules_of(rules))
    return [take.stock_id for take in route.takes]


def test_the_merchant_says_what_counts_first() -> None:
    city = Site(1, region="NY", postcode="10001", latitude=40.7, longitude=-74.0, priority=1)
    lake = Site(2, region="OH", postcode="44101", latitude=41.5, longitude=-81.7, priority=9)

    assert taken_from(city, lake, rules="nearest priority") == [2]
    assert taken_from(city, lake, rules="priority nearest") == [1]
    assert taken_from(city, lake, rules="parcels nearest") == [2]
    assert taken_from(city, lake, rules="nearest", need=12) == [2, 1]


def test_without_coordinates_the_address_says_how_near_it_is() -> None:
    far = Site(1, region="CA", postcode="90001")
    same_state = Site(2, region="NY", postcode="10001")
    nearby = Site(3, region="NY", postcode="14209")

    assert taken_from(far, same_state, nearby, rules="nearest") == [3]
    assert taken_from(far, same_state, rules="nearest") == [2]


def test_a_warehouse_comes_before_a_store_and_a_store_that_sends_nothing_is_left_out() -> None:
    store, warehouse = Site(1, is_store=True), Site(2)

    assert taken_from(store, warehouse, rules="parcels") == [2]
    assert taken_from(Site(1, ships=False), warehouse, rules="parcels", need=12) == []


def test_a_pick_up_is_taken_in_its_store_alone() -> None:
    store = Site(1, is_store=True, ships=False)
    shelves = [Shelf(1, 1, store, 2), Shelf(2, 1, Site(2), 9)]

    route = routing.plan([Need(1, 2, location_id=1), Need(1, 3)], shelves)
    refused = routing.plan([Need(1, 1, location_id=1)], shelves)

    assert [(take.stock_id, take.quantity) for take in route.takes] == [(1, 2), (2, 3)]
    assert refused.lacking == {1: 1}
    assert [shelf.available for shelf in shelves] == [0, 6]


def test_one_of_many_stores_that_has_it_all_is_found() -> None:
    shelves = [Shelf(n, n % 2 + 1, Site(n, is_store=True), 1) for n in range(1, 400)]
    shelves += [Shelf(1000 + v, v, Site(500, is_store=True), 1) for v in (1, 2)]

    route = routing.plan([Need(1, 1), Need(2, 1)], shelves)

    assert {take.stock_id for take in route.takes} == {1001, 1002}
