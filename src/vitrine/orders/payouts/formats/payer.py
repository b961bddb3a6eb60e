"""The operator's own account, as a setting says it: ``name=…; ident=…; bank=…; number=…``."""

import re
from collections.abc import Mapping

from vitrine.orders.payouts.formats.batch import Payer

SHAPES: Mapping[str, Mapping[str, str]] = {
    "us": {"ident": r"[0-9A-Za-z]{1,10}", "bank": r".{1,23}", "routing": r"[0-9]{9}"},
    "ca": {
        "ident": r"[0-9]{10}",
        "bank": r".{0,15}",
        "routing": r"[0-9]{8}",
        "number": r"[0-9]{5,12}",
        "centre": r"[0-9]{5}",
    },
    "au": {"ident": r"[0-9]{1,6}", "bank": r"[A-Za-z]{3}", "routing": r"[0-9]{6}"},
    "nz": {"number": r"[0-9]{9,10}", "routing": r"[0-9]{6}"},
}
"""What each part looks like, by cell; where nothing else is said, as in USUAL."""
USUAL = {
    "name": r".{1,30}",
    "ident": r"",
    "bank": r".{0,23}",
    "number": r"[0-9]{4,17}",
    "centre": r"",
}


def read(text: str, cell: str) -> Payer | None:
    """Return the operator's account, None where none is set. Raises: ValueError."""
    if not text.strip():
        return None
    pairs = [part.partition("=") for part in text.split(";") if part.strip()]
    said = {name.strip(): value.strip() for name, _, value in pairs}
    shapes = {**USUAL, **SHAPES[cell]}
    for name in said:
        if name not in shapes:
            raise ValueError(f"not have a part {name!r}; there are {', '.join(sorted(shapes))}")
    for name in ("routing", "number"):
        said[name] = re.sub(r"[\s-]", "", said.get(name, ""))
    for name, shape in shapes.items():
        if not re.fullmatch(shape, said.get(name, "")):
            raise ValueError(f"say another {name}= than {said.get(name, '')!r}")
    return Payer(**{name: said.get(name, "") for name in shapes})
