"""Which ads are shown and what they pay: so far the arithmetic, without clock or database."""
