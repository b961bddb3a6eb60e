"""Set a cell up for the kill tests: run in the cell's own settings, prints JSON."""

import json
import sys

import django

django.setup()

from tests import make  # noqa: E402 (models can be imported only now)
from vitrine.accounts.models import Person  # noqa: E402


def main() -> None:
    """Make two shops with plenty of stock, and an owner and creators who can sign in."""
    owner = _with_password("owner")
    shops = [make.merchant("Lamps", owner=owner), make.merchant("Mugs")]
    things = [make.variant(make.product(shop), stock=100_000) for shop in shops]
    told = {
        "products": [thing.product.get_absolute_url() for thing in things],
        "owner": owner.email,
        "counter": f"/market/{shops[0].slug}/orders/",
        "creators": [_with_password(f"creator{n}").email for n in range(int(sys.argv[1]))],
    }
    json.dump(told, sys.stdout)


def _with_password(handle: str) -> Person:
    person = make.person(handle)
    person.set_password(make.PASSWORD)
    person.save()
    return person


main()
