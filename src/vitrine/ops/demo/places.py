"""Where the demo's shops and buyers are, in each country. Streets are made up; cities are not."""

from dataclasses import dataclass

from vitrine.catalog.models import LocationKind
from vitrine.catalog.opening import Place
from vitrine.orders.checkout import Recipient

HOURS = "Tue–Sat 10:00–18:00"


@dataclass(frozen=True)
class Country:
    """Prices and addresses of one cell. factor: of a US dollar price, before rounding to whole.

    warehouses, stores: by shop code: street, city, region, postcode.
    homes: where people have their parcels sent.
    """

    factor: float
    warehouses: dict[str, tuple[str, str, str, str]]
    stores: dict[str, tuple[str, str, str, str]]
    homes: tuple[tuple[str, str, str, str], ...]

    def price_minor(self, dollars: int) -> int:
        """Give a price in minor units, whole and plausible."""
        return round(dollars * self.factor) * 100

    def warehouse(self, code: str) -> Place:
        """Give the place a shop sends parcels from."""
        return Place(f"{self.warehouses[code][1]} workshop", *self.warehouses[code])

    def store(self, code: str) -> Place:
        """Give the place where people collect from a shop."""
        where = self.stores[code]
        return Place(f"{where[1]} store", *where, LocationKind.STORE, HOURS)

    def recipient(self, home: int, *, email: str, name: str) -> Recipient:
        """Address a parcel to one of the homes."""
        street, city, region, postcode = self.homes[home % len(self.homes)]
        return Recipient(email, name, street, "", city, region, postcode)


COUNTRIES = {
    "us": Country(
        1.0,
        {
            "MC": ("18 Kiln Lane", "Asheville", "NC", "28801"),
            "QH": ("402 Foundry Street", "Providence", "RI", "02903"),
            "TG": ("77 Wharf Row", "Portland", "ME", "04101"),
            "VM": ("9 Bench Court", "Lancaster", "PA", "17602"),
        },
        {
            "MC": ("231 Market Street", "Brooklyn", "NY", "11201"),
            "QH": ("56 Lamplight Alley", "Chicago", "IL", "60607"),
        },
        (
            ("12 Alder Street", "Albany", "NY", "12207"),
            ("840 Juniper Avenue", "Oakland", "CA", "94607"),
            ("5 Harbor View", "Seattle", "WA", "98101"),
        ),
    ),
    "ca": Country(
        1.36,
        {
            "MC": ("18 Kiln Lane", "Nelson", "BC", "V1L 1A1"),
            "QH": ("402 Foundry Street", "Hamilton", "ON", "L8P 1A1"),
            "TG": ("77 Wharf Row", "Halifax", "NS", "B3J 1A1"),
            "VM": ("9 Bench Court", "Québec", "QC", "G1R 1A1"),
        },
        {
            "MC": ("231 Market Street", "Toronto", "ON", "M5V 1A1"),
            "QH": ("56 Lamplight Alley", "Montréal", "QC", "H2X 1A1"),
        },
        (
            ("12 Alder Street", "Toronto", "ON", "M5V 2B2"),
            ("840 Juniper Avenue", "Vancouver", "BC", "V6B 1A1"),
            ("5 Harbour View", "Calgary", "AB", "T2P 1A1"),
        ),
    ),
    "nz": Country(
        1.72,
        {
            "MC": ("18 Kiln Lane", "Nelson", "", "7010"),
            "QH": ("402 Foundry Street", "Dunedin", "", "9016"),
            "TG": ("77 Wharf Row", "Tauranga", "", "3110"),
            "VM": ("9 Bench Court", "Christchurch", "", "8011"),
        },
        {
            "MC": ("231 Market Street", "Auckland", "", "1010"),
            "QH": ("56 Lamplight Alley", "Wellington", "", "6011"),
        },
        (
            ("12 Rata Street", "Auckland", "", "1021"),
            ("84 Kowhai Avenue", "Hamilton", "", "3204"),
            ("5 Harbour View", "Wellington", "", "6021"),
        ),
    ),
    "au": Country(
        1.58,
        {
            "MC": ("18 Kiln Lane", "Ballarat", "VIC", "3350"),
            "QH": ("402 Foundry Street", "Geelong", "VIC", "3220"),
            "TG": ("77 Wharf Row", "Hobart", "TAS", "7000"),
            "VM": ("9 Bench Court", "Adelaide", "SA", "5000"),
        },
        {
            "MC": ("231 Market Street", "Melbourne", "VIC", "3000"),
            "QH": ("56 Lamplight Alley", "Sydney", "NSW", "2000"),
        },
        (
            ("12 Wattle Street", "Melbourne", "VIC", "3065"),
            ("84 Banksia Avenue", "Brisbane", "QLD", "4000"),
            ("5 Harbour View", "Sydney", "NSW", "2010"),
        ),
    ),
}
