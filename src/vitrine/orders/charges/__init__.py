"""Charges that are no order's: of gift cards, and of deposits. Settled by one machinery."""
