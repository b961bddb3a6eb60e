"""Tell a person what happened: one row, in the transaction of what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from procrastinate.contrib.django import app

from vitrine.kernel import ids, prepared
from vitrine.sovereignty.cell import home


class Kind(models.TextChoices):
    """What can be told. A new kind needs no migration."""

    COMMENT = "comment", gettext_lazy("Somebody comments on my clip")
    REPLY = "reply", gettext_lazy("Somebody answers my comment")
    MENTION = "mention", gettext_lazy("Somebody mentions me")
    LIKE = "like", gettext_lazy("Somebody likes my clip")
    FOLLOW = "follow", gettext_lazy("Somebody follows me")
    REPOST = "repost", gettext_lazy("Somebody reposts my clip")
    COMMENT_LIKE = "comment_like", gettext_lazy("Somebody likes my comment")
    CLIP_READY = "clip_ready", gettext_lazy("My clip is ready")
    CLIP_FAILED = "clip_failed", gettext_lazy("My clip could not be prepared")
    DECISION = "decision", gettext_lazy("A moderator decides about something of mine")
    ORDER = "order", gettext_lazy("Something happens to what I ordered")
    SALE = "sale", gettext_lazy("Somebody orders from my shop")
    SALE_NEWS = "sale_news", gettext_lazy("Something happens to an order of my shop")
    LOW_STOCK = "low_stock", gettext_lazy("Something in my shop runs low")
    SHOP = "shop", gettext_lazy("Something is decided about my shop")
    MESSAGE = "message", gettext_lazy("Somebody writes to me about an order")
    REVIEW_DUE = "review_due", gettext_lazy("I could review what I bought")
    REVIEW = "review", gettext_lazy("Somebody reviews a product of my shop")
    QUESTION = "question", gettext_lazy("Somebody asks about a product of my shop")
    ANSWER = "answer", gettext_lazy("My question or my review is answered")
    ENDPOINT_DOWN = "endpoint_down", gettext_lazy("A program of my shop does not answer")
    BACK_IN_STOCK = "back_in_stock", gettext_lazy("What I wait for is back in stock")
    PAYOUT = "payout", gettext_lazy("A payout to my shop or to me comes back")
    COMMISSION = "commission", gettext_lazy("Something happens to commissions, mine or my shop’s")
    BANK_ACCOUNT = "bank_account", gettext_lazy("My shop is to be paid to another bank account")
    AD = "ad", gettext_lazy("Something is decided about an ad of mine")


_SAYS = {
    Kind.COMMENT: gettext_noop("{name} commented on your clip"),
    Kind.REPLY: gettext_noop("{name} answered you"),
    Kind.MENTION: gettext_noop("{name} mentioned you"),
    Kind.LIKE: gettext_noop("{name} likes your clip"),
    Kind.FOLLOW: gettext_noop("{name} follows you"),
    Kind.REPOST: gettext_noop("{name} reposted your clip"),
    Kind.COMMENT_LIKE: gettext_noop("{name} likes your comment"),
    Kind.CLIP_READY: gettext_noop("Your clip is ready"),
    Kind.CLIP_FAILED: gettext_noop("Your clip could not be prepared"),
    Kind.DECISION: gettext_noop("There is a decision about something of yours: read why"),
    Kind.ORDER: gettext_noop("There is news of your order"),
    Kind.SALE: gettext_noop("There is a new order in your shop"),
    Kind.SALE_NEWS: gettext_noop("There is news of an order of your shop"),
    Kind.LOW_STOCK: gettext_noop("Something in your shop runs low"),
    Kind.SHOP: gettext_noop("There is news about your shop: read what was decided"),
    Kind.MESSAGE: gettext_noop("There is a message about an order"),
    Kind.REVIEW_DUE: gettext_noop("How is what you bought? Tell others what you think of it"),
    Kind.REVIEW: gettext_noop("There is a new review of a product of your shop"),
    Kind.QUESTION: gettext_noop("There is a question about a product of your shop"),
    Kind.ANSWER: gettext_noop("You have an answer about a product"),
    Kind.ENDPOINT_DOWN: gettext_noop(
        "A program of your shop has not answered for days, and is told nothing more"
    ),
    Kind.BACK_IN_STOCK: gettext_noop("What you wait for is back in stock"),
    Kind.BANK_ACCOUNT: gettext_noop(
        "Another bank account was named for your shop’s payouts: see that it is right"
    ),
    Kind.PAYOUT: gettext_noop("A payout came back from the bank: look at the account"),
    Kind.COMMISSION: gettext_noop("There is news about a commission"),
    Kind.AD: gettext_noop("An ad of yours was reviewed: read what was decided"),
}
"""One sentence for each kind: of a push, and where a notice is about nothing but itself."""

_STEPS = {
    "placed": gettext_noop("Your order is placed"),
    "ready": gettext_noop("Your order is ready to be collected"),
    "shipped": gettext_noop("Your order is on its way"),
    "collected": gettext_noop("Your order was collected"),
    "cancelled": gettext_noop("Your order was cancelled, and you are not charged for it"),
    "refunded": gettext_noop("Your order was refunded"),
    "reminder": gettext_noop("Your order still waits to be collected"),
    "unclaimed": gettext_noop("Nobody collected your order in time; you are not charged for it"),
    "approved": gettext_noop("Your return is approved: read how to send it back"),
    "refused": gettext_noop("The shop does not take your return: read why"),
    "arrived": gettext_noop("What you sent back has arrived at the shop"),
    "parcel": gettext_noop("Another parcel of your order is on its way"),
    "part": gettext_noop("A part of what you paid is given back"),
}
"""What happens to an order, by the step that the item of its notice ends in."""

_COMMISSIONS = {
    "offered": gettext_noop("A shop offers you a commission"),
    "raised": gettext_noop("A commission of yours was raised, from now on"),
    "cut": gettext_noop("A commission of yours will be less in 30 days"),
    "sold": gettext_noop("Somebody bought by a clip of yours: your first commission"),
    "paid": gettext_noop("Your commissions are on their way to your bank"),
    "asked": gettext_noop("A creator asks your shop for a sample"),
    "agreed": gettext_noop("A shop will send you a sample"),
    "declined": gettext_noop("A shop sends you no sample: read why"),
    "sent": gettext_noop("A sample for you is on its way"),
}
"""What happens to commissions, by the step that the item of its notice ends in."""

_ADS = {
    "let_in": gettext_noop("You can act for an advertiser now"),
    "taken": gettext_noop("An advertiser may show a clip of yours as an ad now"),
    "revoked": gettext_noop("A creator lets you show their clip as an ad no more"),
    "spent": gettext_noop("A campaign of yours has used up its budget, and is shown no more"),
    "emptied": gettext_noop("What you paid in for ads is used up: nothing is shown until you add"),
}
"""What happens to ads, by the step that the item of its notice ends in."""

_SALE_STEPS = {
    "cancelled": gettext_noop("A buyer took an order back: do not send it"),
    "asked": gettext_noop("A buyer asks to send something back"),
    "withdrawn": gettext_noop("A buyer withdraws and sends everything back"),
    "disputed": gettext_noop("A buyer’s bank wants the money back: answer it in time"),
    "card": gettext_noop("Somebody bought a gift card of your shop"),
    "claimed": gettext_noop("A buyer’s bank claims a gift card’s money: it is stopped"),
}
"""The same, as the shop reads it."""

SOMETHING = gettext_noop("Something new")


def says(kind: str, name: str = "", item: str = "") -> str:
    """Say what happened. name: who did it. item: the notice's.

    A kind of a later release is something new.
    """
    sentence = _SAYS[Kind(kind)] if kind in _SAYS else SOMETHING
    steps = {
        Kind.ORDER: _STEPS,
        Kind.SALE_NEWS: _SALE_STEPS,
        Kind.COMMISSION: _COMMISSIONS,
        Kind.AD: _ADS,
    }
    if kind in steps:
        sentence = steps[Kind(kind)].get(item.rpartition(":")[2], sentence)
    return gettext(sentence).format(name=name)


@dataclass(frozen=True)
class News:
    """What a person is to be told. See ``tell``."""

    kind: Kind
    whom: int
    by: int | None
    path: str
    at: datetime
    about: str = ""
    item: str = ""
    public_id: str = field(default_factory=ids.new)


def tell(
    kind: Kind,
    *,
    whom: int,
    by: int | None,
    path: str,
    at: datetime,
    about: str = "",
    item: str = "",
) -> int | None:
    """Tell a person something once; return the notice's key, or None where nothing was told.

    whom, by: primary keys of people; by is who did it, None for the cell itself. Nobody is told of
    themselves, nor of whom they blocked, were blocked by or muted. The guards are in the write.
    Call it in the transaction that writes the fact. Queries: 1, and where
    this cell pushes 1 more.
    """
    told = tell_all([News(kind, whom, by, path, at, about, item)])
    return told[0] if told else None


TELL = """
INSERT INTO accounts_notice
    (home_cell, public_id, person_id, kind, actor_id, about, item, path, at)
SELECT %s, news.public_id, news.whom, news.kind, news.by, news.about, news.item, news.path, news.at
FROM jsonb_to_recordset(%s) AS news(public_id text, whom bigint, kind text, by bigint, about text,
    item text, path text, at timestamptz)
WHERE news.by IS DISTINCT FROM news.whom
AND NOT EXISTS (SELECT FROM accounts_block WHERE
    (by_id = news.whom AND on_id = news.by) OR (by_id = news.by AND on_id = news.whom))
AND NOT EXISTS (SELECT FROM accounts_mute WHERE by_id = news.whom AND on_id = news.by)
ORDER BY news.whom, news.kind, news.item
ON CONFLICT DO NOTHING RETURNING id, person_id, kind
"""
"""In one order everywhere, so that two who tell the same never wait for each other in a circle."""


def tell_all(news: Sequence[News]) -> list[int]:
    """Tell several things as ``tell`` does; return the keys of what was told. Queries: 1."""
    if not news:
        return []
    told = prepared.rows(TELL, [home(), msgspec.json.encode(news).decode()])
    if settings.VITRINE_PUSH_KEY:
        for notice, whom, kind in told:
            _push(notice, whom, Kind(kind))
    return [notice for notice, _, _ in told]


def _push(notice_id: int, whom: int, kind: Kind) -> None:
    """Order a push to each browser that wants one, in the same transaction. Queries: 1, and jobs.

    By name, because the task imports what imports this module.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT browser.id FROM accounts_pushsubscription browser"
            " JOIN accounts_noticerules rules USING (person_id)"
            " WHERE person_id = %s AND %s = ANY (rules.pushed) ORDER BY browser.id",
            [whom, kind.value],
        )
        browsers = [row[0] for row in cursor.fetchall()]
    job = app.configure_task("accounts.push", queue="mail")
    for browser in browsers:
        job.defer(notice_id=notice_id, subscription_id=browser)
