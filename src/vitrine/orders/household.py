"""Where something goes, told apart by household: what many want, each can have once. Pure."""

from dataclasses import dataclass

from vitrine.kernel import text

PHONE_DIGITS = 8
"""So many digits at the end of a number tell telephones apart, with the country or without it."""


@dataclass(frozen=True)
class Household:
    """The lines of an address, and a telephone number. Either may be empty."""

    address: str
    phone: str

    def folded(self) -> tuple[str, str]:
        """Return both so that they are equal for one household, however it writes itself."""
        written = "".join(one for one in text.folded(self.address) if one.isalnum())
        digits = "".join(one for one in self.phone if one.isdigit())[-PHONE_DIGITS:]
        return written, digits
