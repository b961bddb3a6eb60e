"""E-mail addresses where they are not written down."""

from django.utils.crypto import salted_hmac

from vitrine.sovereignty import subjects


def digest(address: object) -> str:
    """Return what stands for an address in the table of wrong guesses: keyed, so not guessable."""
    return salted_hmac("vitrine.guessing", str(address).strip().lower()).hexdigest()


subjects.DIGESTS["guessing"] = digest
