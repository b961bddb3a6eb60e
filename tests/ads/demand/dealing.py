"""Pages and partners, as tests of demand play them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from tests import make
from vitrine.ads import bidding, holding, planning, serving, standing
from vitrine.ads.demand import counting, keeping, partners, stock
from vitrine.ads.demand.stock import Offer
from vitrine.ads.models import DemandDay
from vitrine.ads.serving import Shown
from vitrine.ads.viewing import Asking


def forget() -> None:
    """Know nothing, as a process that begins."""
    for module in (bidding, holding, standing, keeping, partners, stock):
        module.forget()
    counting.batch.drop()
    planning.batch.drop()


def page(key: str = "v_somebody", *, at: datetime = make.NOON, **asked: Any) -> list[Shown]:
    """Ask for a page on which an ad may stand after its second clip, and after its eighth."""
    clips = [*asked.pop("clips", []), *(-n for n in range(10))][: asked.pop("size", 10)]
    fields: dict[str, Any] = {"language": "en", "first": 5, "clips": clips} | asked
    return serving.ads_for(Asking(key=key, viewer=AnonymousUser(), **fields), at=at)


def stocked(*, at: datetime = make.NOON, context: str = "") -> list[Offer]:
    """Ask partners for bids beside a context; return what is in stock."""
    stock.want(context, at=at)
    keeping.turn(at=at)
    return [offer for offers in stock._offers.values() for offer in offers]


def counted(*, at: datetime = make.NOON) -> dict[str, int]:
    """Return what was counted of all partners, without how long answers took."""
    counting.batch.flush(at=at)
    rows = DemandDay.objects.values_list("what", "number")
    return {what: number for what, number in rows if not what.startswith("ms ")}
