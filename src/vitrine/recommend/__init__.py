"""Which clips go with which, and with whom: arithmetic on arrays, without clock or database."""
