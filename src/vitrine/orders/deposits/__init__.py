"""Deposits into wallets: paid, billed, given back, disputed."""
