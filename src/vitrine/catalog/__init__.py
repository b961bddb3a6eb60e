"""Merchants, products, variants, stores, stock, tags on clips."""
