"""Products that are searched for, and ads that stand among them."""

import re
from typing import Any

from django.test import Client

from tests import make
from tests.ads import making
from vitrine.ads.models import Ad, Call, Objective, Placement
from vitrine.catalog.models import Product

PAGES = ("/search?in=products&q={q}", "/shop?q={q}")
SEARCH = [Placement.SEARCH.value]


def lamps(number: int, title: str = "Brass lamp", **fields: Any) -> list[Product]:
    """Put products on sale that have the same words."""
    made = [make.product(title=f"{title} {n}", **fields) for n in range(number)]
    for one in made:
        make.variant(one, stock=3, price_minor=2_000)
    return made


def advertised(
    title: str = "Brass lamp of ours", *, payer: str = "Brass & sons", **fields: Any
) -> Ad:
    """Put a product on sale and let its shop advertise it in product search."""
    owner = make.person()
    shop = make.merchant(payer, owner=owner)
    product = make.product(shop, title=title)
    make.variant(product, stock=3, price_minor=5_000)
    campaign = making.campaign(
        making.advertiser(owner, name=payer, merchant=shop),
        objective=fields.pop("objective", Objective.VIEWS),
        holdout_percent=fields.pop("holdout_percent", 0),
    )
    group = making.group(campaign, **{"placements": SEARCH} | fields)
    return making.ad(group, product=product, call=Call.SHOP)


def html(client: Client, page: str = PAGES[0], q: str = "lamp") -> str:
    return client.get(page.format(q=q)).content.decode()


def shown(client: Client, page: str = PAGES[0], q: str = "lamp") -> list[str]:
    """Return the public ids of the ads of a page."""
    return re.findall(r'<li id="ad-([^"]*)"', html(client, page, q))
