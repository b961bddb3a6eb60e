"""Whose sale it is, found by comparing each touch with each: what the product's rule is held to."""

from collections.abc import Iterable
from datetime import timedelta

from vitrine.ads.crediting import Bought, Touch


def winner(touches: Iterable[Touch], bought: Bought) -> Touch | None:
    """Return the one that loses to no other, by comparing each with each."""
    may = []
    for one in set(touches):
        days = one.click_days if one.is_click else one.view_days
        is_in_time = days > 0 and one.at <= bought.at <= one.at + timedelta(days=days)
        is_ours = (
            bought.product in one.products if one.merchant is None
            else one.merchant == bought.merchant
        )  # fmt: skip
        if is_in_time and is_ours:
            may.append(one)
    winners = [one for one in may if not any(_beats(other, one) for other in may)]
    assert len(winners) <= 1 or len({(w.showing, w.ad) for w in winners}) == 1
    return winners[0] if winners else None


def _beats(one: Touch, other: Touch) -> bool:
    if one.is_click and not other.is_click:
        return True
    if other.is_click and not one.is_click:
        return False
    if one.at != other.at:
        return one.at > other.at
    if one.showing != other.showing:
        return one.showing < other.showing
    return one.ad < other.ad
