"""Where something goes, told apart by household: what many want, each can have once. Pure."""

import hashlib
from dataclasses import dataclass

from vitrine.kernel import text

PHONE_DIGITS = 8
"""So many digits at the end of a number tell telephones apart, with the country or without it."""


@dataclass(frozen=True)
class Household:
    """The lines of an address, and a telephone number. Either may be empty."""

    address: str
    phone: str

    def marks(self, of: str) -> dict[str, str]:
        """Return digests that are equal for one household, however it writes itself."""
        written = "".join(one for one in text.folded(self.address) if one.isalnum())
        digits = "".join(one for one in self.phone if one.isdigit())[-PHONE_DIGITS:]
        return {"used_for": _digest(of, written), "used_phone": _digest(of, digits)}


def _digest(of: str, said: str) -> str:
    return hashlib.sha256(f"{of}:{said}".encode()).hexdigest() if said else ""
