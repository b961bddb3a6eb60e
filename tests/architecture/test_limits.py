"""Whatever takes words from people has a limit on how often, or says why it needs none."""

import inspect
from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any

from vitrine.accounts.limits import LIMITS, Action
from vitrine.sovereignty import access
from vitrine.sovereignty.access import Endpoint

LIMITED = {
    "account_profile": Action.WRITE,
    "market:open": Action.WRITE,
    "market:account": Action.WRITE,
    "studio:account": Action.WRITE,
    "market:settings": Action.WRITE,
    "market:new_location": Action.WRITE,
    "market:location": Action.WRITE,
    "shop:address": Action.WRITE,
    "market:postage": Action.MESSAGE,
    "market:label": Action.MESSAGE,
    "market:promotions": Action.WRITE,
    "market:promotion": Action.WRITE,
    "market:cards": Action.WRITE,
    "market:card_offer": Action.WRITE,
    "shop:gift-card": Action.MESSAGE,
    "shop:card-letter": Action.MESSAGE,
    "market:commissions": Action.WRITE,
    "market:commission": Action.WRITE,
    "studio:advertising": Action.WRITE,
    "promote:open": Action.WRITE,
    "promote:boost": Action.WRITE,
    "promote:new": Action.WRITE,
    "promote:campaign": Action.WRITE,
    "promote:new-group": Action.WRITE,
    "promote:group": Action.WRITE,
    "promote:new-ad": Action.WRITE,
    "promote:people": Action.WRITE,
    "promote:name": Action.WRITE,
    "promote:beside": Action.WRITE,
    "promote:programs": Action.WRITE,
    "promote:money": Action.MESSAGE,
    "promote:give-back": Action.WRITE,
    "promote:limit": Action.WRITE,
    "market:delivery": Action.WRITE,
    "market:delivery_option": Action.WRITE,
    "market:new_product": Action.WRITE,
    "market:product": Action.WRITE,
    "market:collections": Action.WRITE,
    "market:goods": Action.WRITE,
    "market:application": Action.WRITE,
    "market:papers": Action.WRITE,
    "watch:new-collection": Action.WRITE,
    "you:saved": Action.WRITE,
    "you:collection-settings": Action.WRITE,
    "market:hours": Action.WRITE,
    "market:transfers": Action.WRITE,
    "shop:own-review": Action.WRITE,
    "market:reply": Action.WRITE,
    "market:tokens": Action.WRITE,
    "market:endpoints": Action.WRITE,
    "shop:question": Action.COMMENT,
    "shop:answer": Action.COMMENT,
    "shop:helpful": Action.LIKE,
    "shop:wish": Action.SAVE,
    "shop:alert": Action.SAVE,
    "market:messages": Action.MESSAGE,
    "market:dispatch": Action.MESSAGE,
    "market:shipping": Action.WRITE,
    "market:cancellation": Action.MESSAGE,
    "market:people": Action.MESSAGE,
    "market:sample_answer": Action.MESSAGE,
    "market:sample_parcel": Action.MESSAGE,
    "studio:sample": Action.MESSAGE,
    "market:refund": Action.MESSAGE,
    "market:credit": Action.MESSAGE,
    "market:parcels": Action.MESSAGE,
    "market:parcel": Action.MESSAGE,
    "market:scans": Action.MESSAGE,
    "market:dispute": Action.MESSAGE,
    "market:return_answer": Action.MESSAGE,
    "market:return_settlement": Action.MESSAGE,
    "appeal": Action.APPEAL,
    "watch:in-collection": Action.SAVE,
    "watch:save": Action.SAVE,
    "watch:repost": Action.REPOST,
    "watch:like": Action.LIKE,
    "watch:comment-like": Action.LIKE,
    "account_following": Action.FOLLOW,
}
"""What the view itself counts before it runs, words or not."""

COUNTED_WITHIN = {
    "watch:comments": Action.COMMENT,
    "shop:messages": Action.MESSAGE,
    "you:credit": Action.CARD,
    "report_clip": Action.REPORT,
    "report_comment": Action.REPORT,
    "report_person": Action.REPORT,
    "report_product": Action.REPORT,
    "report_shop": Action.REPORT,
    "report_review": Action.REPORT,
    "report_question": Action.REPORT,
    "report_message": Action.REPORT,
    "report_ad": Action.REPORT,
}
"""What is counted where it is written, because visitors do it too, or haste is held first."""

NEEDS_NONE = {
    "shop:checkout": "Nobody reads an address before its order is placed, and that costs money.",
    "shop:returns": "No more can be sent back than was bought; its seller reads it once.",
    "shop:cancellation": "An order is cancelled once; its seller reads the reason once.",
    "studio:clip": "Saved as it is typed; the list of words weighs it, and uploads are limited.",
    "studio:changes": "It changes one's own clips, of which uploads limit how many there are.",
    "studio:publication": "It tells whom the description names: once for each clip.",
    "studio:captions": "They belong to one's own clip, one text for each language.",
    "studio:caption": "Saved as it is typed; one text for each language of one's own clip.",
    "studio:comment-rules": "Nobody else reads one's own list of words.",
    "desk:decision": "A moderator decides a case once, and working fast is their work.",
    "desk:report_line": "The operator's staff alone writes and reads why a line is there.",
    "desk:stranded": "The operator's staff says once how a buyer got their money.",
    "desk:bounce": "The operator's staff says once why a payout came back.",
    "desk:experiments": "Only the operator's staff writes and reads its name.",
    "desk:promotion": "Only the operator's staff writes and reads its name.",
    "desk:promotions": "Only the operator's staff writes and reads its name.",
    "desk:invalid": "The operator's staff says once why an advertiser has money back.",
    "desk:cards": "The operator's staff alone writes and reads what a card is for.",
    "desk:credit": "The operator's staff says once why somebody has credit.",
    "desk:shop": "Only moderators write it, and each suspension once.",
    "desk:advertiser": "Only moderators write it, and each suspension once.",
    "desk:ad-verdict": "A moderator decides an ad once, and working fast is their work.",
    "desk:verdict": "A moderator decides an application once, and working fast is their work.",
    "desk:words": "Only moderators write and read it.",
    "market:imports": "One import at a time is read; its words are weighed one by one.",
    "market:pictures": "A product has at most twenty, and they say what is on them.",
    "market:counter": "It finds an order by its code; nobody reads what was typed.",
    "market:handovers": "A device tells what it handed over; codes and times alone.",
    "market:stock": "Only the shop's own people read why a figure changed, and counting is quick.",
    "market:stocktake_lines": "It finds a thing by its barcode; nobody reads what was typed.",
    "market:transfer_lines": "It finds a thing by its barcode; nobody reads what was typed.",
    "promote:forecast": "Nothing of it is kept, and nobody else reads what was typed.",
    "promote:group-forecast": "Nothing of it is kept, and nobody else reads what was typed.",
    "promote:boost-forecast": "Nothing of it is kept, and nobody else reads what was typed.",
    "mfa_add_webauthn": "Nobody else reads what a passkey is called.",
    "videos:uploads": "Uploads have their own quota, by day and bytes.",
}
"""What takes words all the same, each with the reason."""

NO_WORDS = {
    *("ads:clicks", "ads:views"),
    *("account_block", "account_confirm_email", "account_language", "account_mute"),
    *("account_passkey", "account_session", "usersessions_list"),
    *(
        "desk:card_stop",
        "desk:demand_standing",
        "desk:experiment_end",
        "desk:payouts",
        "desk:promotion_end",
        "desk:reconciliation",
        "desk:report",
        "desk:returns",
        "desk:word",
        "feed:start-over",
        "feed:watches",
    ),
    *(
        "promote:standing",
        "promote:preview",
        "watch:ad-hidden",
        "promote:taken",
        "promote:revocation",
        "studio:revoked",
        "promote:group-standing",
        "promote:ad-standing",
        "market:card_stop",
        "market:change",
        "market:closure",
        "market:drop_end",
        "market:drops",
        "market:collection",
        "market:delivery_end",
        "market:member",
        "market:terms",
        "market:promotion_end",
        "market:registration",
    ),
    *("market:few", "market:picture", "market:publication", "market:readiness", "market:video"),
    *("market:settlement", "market:stocktake", "market:stocktake_application"),
    *("market:transfer_cancellation", "market:transfer_dispatch", "market:transfer_reception"),
    *("payments:challenge", "payments:stripe-webhooks", "payments:webhooks"),
    "payments:easypost-webhooks",
    *("market:invitation", "market:offered", "market:paper"),
    *("payments:challenge", "payments:webhooks"),
    *("shop:card-refund", "shop:drop-place"),
    *("shop:bag-line", "shop:bag-lines", "shop:kept"),
    *("market:parcel_dispatch", "market:return_reception", "shop:withdrawal"),
    *("market:removal", "market:replay", "market:revival", "market:revocation"),
    *("market:secret", "shop:own-question"),
    *("studio:approval", "studio:cover", "studio:deletion", "studio:hearing", "studio:link"),
    *("studio:remix", "studio:remixing", "studio:schedule", "studio:shared", "studio:silence"),
    *("studio:tag", "studio:terms"),
    *("watch:comment", "watch:disinterest", "watch:pin"),
    *("you:channels", "you:collected-clip", "you:collection-deletion"),
    *("you:done-today", "you:history", "you:history-pause", "you:history-profile"),
    *("you:more-time", "you:push", "you:unwanted-end"),
    *("you:push-end", "you:reading", "you:screen-time", "you:stop-digests", "you:watched"),
}
"""What takes choices, numbers, codes and files alone."""


def view_of(endpoint: Endpoint) -> Callable[..., Any] | None:
    """Return the view as it is called; None for a library's, which guards itself."""
    module, _, name = endpoint.view.rpartition(".")
    if not module.startswith("vitrine."):
        return None
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def takes_posts(view: Callable[..., Any]) -> bool:
    """Tell whether a view lets POST through, by what ``require_http_methods`` was given."""
    layer: Any = view
    while layer is not None:
        methods = inspect.getclosurevars(layer).nonlocals.get("request_method_list")
        if methods is not None:
            return "POST" in methods
        layer = getattr(layer, "__wrapped__", None)
    return True


def writing() -> dict[str, Callable[..., Any]]:
    """Return every view of ours that takes POST, by the name of its endpoint."""
    views = {endpoint.name: view_of(endpoint) for endpoint in access.endpoints()}
    return {name: view for name, view in views.items() if view is not None and takes_posts(view)}


def test_every_endpoint_that_is_posted_to_has_its_limit_or_says_why_not() -> None:
    tables: list[Collection[str]] = [LIMITED, COUNTED_WITHIN, NEEDS_NONE, NO_WORDS]

    listed = [name for table in tables for name in table]

    assert sorted(listed) == sorted(writing())  # each in one table, and nothing that is gone
    assert all(reason.endswith(".") for reason in NEEDS_NONE.values())


def test_a_limit_is_at_the_view_that_claims_it_and_every_action_has_numbers() -> None:
    at_views = {
        name: vars(view)["limit"] for name, view in writing().items() if "limit" in vars(view)
    }

    assert at_views == LIMITED
    counted = {*LIMITED.values(), *COUNTED_WITHIN.values(), Action.PROGRAM}  # at the API's door
    assert set(LIMITS) == set(Action) == counted
