"""What browsers report of ads."""

from typing import Annotated

import msgspec
from django.core.exceptions import ValidationError

from vitrine.ads import tokens

MOST_TOKENS = 20
MOST_TEXT = MOST_TOKENS * (tokens.LENGTH + 8)

_Token = Annotated[str, msgspec.Meta(max_length=tokens.LENGTH)]
_tokens = msgspec.json.Decoder(Annotated[list[_Token], msgspec.Meta(max_length=MOST_TOKENS)])


def read(text: str) -> list[str]:
    """Return the tokens that a beacon brings: JSON in a field of a form. Raises: ValidationError.

    They are no words of people, so whoever writes other things than these is told in English.
    """
    if len(text) > MOST_TEXT:
        raise ValidationError(f"tokens: at most {MOST_TOKENS}")
    try:
        tokens_of: list[str] = _tokens.decode(text or "[]")
    except msgspec.DecodeError as error:
        raise ValidationError(f"tokens: {error}") from None
    return tokens_of
