"""Which postcodes lie in which state or province, by their beginnings.

For a warning only: towns at borders, armed forces and new codes break every such table.
Sources: USPS Publication 65 (ZIP codes by their first three digits); Canada Post (the first
letter); Australia Post (ranges). New Zealand has no regions in addresses.
"""

from collections.abc import Iterator, Mapping

_US = (
    "AL 350-369,AK 995-999,AZ 850-865,AR 716-729,CA 900-961,CO 800-816,CT 060-069,DE 197-199,"
    "DC 200 202-205 569,FL 320-349,GA 300-319 398-399,HI 967-968,ID 832-838,IL 600-629,IN 460-479,"
    "IA 500-528,KS 660-679,KY 400-427,LA 700-714,ME 039-049,MD 206-219,MA 010-027 055,MI 480-499,"
    "MN 550-567,MS 386-397,MO 630-658,MT 590-599,NE 680-693,NV 889-898,NH 030-038,NJ 070-089,"
    "NM 870-884,NY 005 063 100-149,NC 270-289,ND 580-588,OH 430-459,OK 730-749,OR 970-979,"
    "PA 150-196,RI 028-029,SC 290-299,SD 570-577,TN 370-385,TX 733 750-799 885,UT 840-847,"
    "VT 050-059,VA 201 220-246,WA 980-994,WV 247-268,WI 530-549,WY 820-831"
)
_AU = (
    "ACT 0200-0299 2600-2618 2900-2920,NSW 1000-2599 2619-2899 2921-2999,NT 0800-0999,"
    "QLD 4000-4999 9000-9999,SA 5000-5999,TAS 7000-7999,VIC 3000-3999 8000-8999,WA 6000-6999"
)
_CA = {
    "AB": "T", "BC": "V", "MB": "R", "NB": "E", "NL": "A", "NS": "B", "NT": "X", "NU": "X",
    "ON": "KLMNP", "PE": "C", "QC": "GHJ", "SK": "S", "YT": "Y",
}  # fmt: skip


def _ranges(text: str) -> Iterator[tuple[int, int, str]]:
    for entry in text.split(","):
        region, *spans = entry.split()
        for span in spans:
            first, _, last = span.partition("-")
            yield int(first), int(last or first), region


_DIGITS: Mapping[str, tuple[int, tuple[tuple[int, int, str], ...]]] = {
    "US": (3, tuple(_ranges(_US))),
    "AU": (4, tuple(_ranges(_AU))),
}


def regions_of(postcode: str, country: str) -> tuple[str, ...]:
    """Return the regions where a postcode may lie; none where the table does not know."""
    if country == "CA":
        return tuple(region for region, letters in _CA.items() if postcode[:1] in letters)
    if country not in _DIGITS:
        return ()
    length, ranges = _DIGITS[country]
    number = int(postcode[:length])
    return tuple(dict.fromkeys(region for low, high, region in ranges if low <= number <= high))
