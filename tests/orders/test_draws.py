"""Cases from seeds are within their bounds, reach their ends, and are the same again."""

from tests.orders.draws import Seeded


def test_numbers_are_within_their_bounds_and_both_ends_come_up() -> None:
    for least, most in [(0, 0), (1, 2), (0, 5_000_000), (7, 1000)]:
        found = [Seeded(seed).whole(least, most) for seed in range(500)]

        assert all(least <= one <= most for one in found)
        assert {least, most} <= set(found)


def test_small_and_large_numbers_come_up_alike() -> None:
    found = [Seeded(seed).whole(0, 10**9) for seed in range(2000)]

    assert sum(1 for one in found if one < 1000) > 300
    assert sum(1 for one in found if one > 10**7) > 300


def test_a_seed_says_its_case_again() -> None:
    cases = [
        (draw.one_of("abc"), draw.many(0, 5, lambda: draw.whole(0, 99)))  # noqa: B023 (called here)
        for draw in (Seeded(7), Seeded(7))
    ]

    assert cases[0] == cases[1]
