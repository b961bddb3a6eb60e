"""Gift cards that shops sell: bought, paid, sent, given back, disputed."""
