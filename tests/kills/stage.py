"""Set a cell up for the kill tests: run in the cell's own settings, prints JSON."""

import json
import sys

import django

django.setup()

from tests import make  # noqa: E402 (models can be imported only now)


def main() -> None:
    """Make a shop with plenty of stock and creators who can sign in."""
    variant = make.variant(make.product(title="Brass lamp"), stock=100_000)
    creators = []
    for number in range(int(sys.argv[1])):
        creator = make.person(f"creator{number}")
        creator.set_password(make.PASSWORD)
        creator.save()
        creators.append(creator.email)
    json.dump({"product": variant.product.get_absolute_url(), "creators": creators}, sys.stdout)


main()
