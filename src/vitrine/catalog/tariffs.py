"""What a way of delivery costs and how long it takes, by weight or by place, as arithmetic.

Every kind may be free from a sum of goods on. A place or a weight that a tariff does not serve is
refused for that way of delivery, with a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from django.utils.translation import gettext, gettext_lazy


class Kind(StrEnum):
    """What the price goes by."""

    FLAT = "flat"
    WEIGHT = "weight"
    ZONE = "zone"


LABELS = {
    Kind.FLAT: gettext_lazy("One price"),
    Kind.WEIGHT: gettext_lazy("By weight"),
    Kind.ZONE: gettext_lazy("By place"),
}
CHOICES = [(kind.value, LABELS[kind]) for kind in Kind]


class Bracket(msgspec.Struct, frozen=True):
    """What parcels up to a weight cost. up_to_g: inclusive."""

    up_to_g: int
    price_minor: int


class Zone(msgspec.Struct, frozen=True):
    """Places of one price. regions, postcodes: the beginnings; one of either is enough."""

    regions: tuple[str, ...]
    postcodes: tuple[str, ...]
    price_minor: int
    days_from: int
    days_until: int

    def holds(self, region: str, postcode: str) -> bool:
        """Tell whether a place lies in it. A postcode that is not known yet may lie anywhere."""
        return region in self.regions or (
            bool(self.postcodes) and (not postcode or postcode.startswith(self.postcodes))
        )


class NotServed(Exception):
    """That way of delivery takes no such parcel. text: why, for the buyer."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


@dataclass(frozen=True)
class Parcel:
    """What is sent, and where. postcode: empty as long as it is not known."""

    goods_minor: int
    weight_g: int
    region: str
    postcode: str = ""


@dataclass(frozen=True)
class Fare:
    """What sending a parcel costs, and its working days on the way."""

    price_minor: int
    days_from: int
    days_until: int


@dataclass(frozen=True)
class Tariff:
    """What one way of delivery costs. brackets: lightest first. zones: the first that fits."""

    kind: str
    price_minor: int
    free_from_minor: int | None
    days_from: int
    days_until: int
    brackets: Sequence[Bracket] = ()
    zones: Sequence[Zone] = ()

    def fare(self, parcel: Parcel) -> Fare:
        """Return what a parcel costs. Raises: NotServed."""
        found = self._fare(parcel)
        if self.free_from_minor is not None and parcel.goods_minor >= self.free_from_minor:
            return Fare(0, found.days_from, found.days_until)
        return found

    def _fare(self, parcel: Parcel) -> Fare:
        if self.kind == Kind.WEIGHT:
            for bracket in self.brackets:
                if parcel.weight_g <= bracket.up_to_g:
                    return Fare(bracket.price_minor, self.days_from, self.days_until)
            heaviest = self.brackets[-1].up_to_g if self.brackets else 0
            said = gettext("It takes up to {most} kg, and this is {weight} kg.")
            raise NotServed(
                said.format(most=kilograms(heaviest), weight=kilograms(parcel.weight_g))
            )
        if self.kind == Kind.ZONE:
            place = parcel.postcode.replace(" ", "")
            for zone in self.zones:
                if zone.holds(parcel.region, place):
                    return Fare(zone.price_minor, zone.days_from, zone.days_until)
            raise NotServed(gettext("It does not go to that place."))
        return Fare(self.price_minor, self.days_from, self.days_until)

    @property
    def asks_postcode(self) -> bool:
        """Tell whether its price may hang on the postcode."""
        return self.kind == Kind.ZONE and any(zone.postcodes for zone in self.zones)

    @property
    def served(self) -> tuple[str, ...]:
        """Return the regions that it goes to, by name; none where it goes by postcode alone."""
        return tuple(region for zone in self.zones for region in zone.regions)


def kilograms(weight_g: int) -> str:
    """Write grams as kilograms."""
    return f"{weight_g / 1000:.3f}".rstrip("0").rstrip(".")
