"""What the data map promises to keep for a time has a task that forgets it."""

import re

from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from vitrine.sovereignty.datamap import ENTRIES, FILE_ROOTS

TIMED = re.compile(r"\b(\d+|a) (minute|hour|day|week|month|year)s?\b|\bminutes\b")

FORGOTTEN_BY = {
    "adverts": "vitrine.ads.tasks.forget",
    "ads.AdRecord": "vitrine.ads.tasks.forget",
    "ads.AdHour": "vitrine.ads.tasks.forget",
    "ads.SearchHour": "vitrine.ads.tasks.forget",
    "ads.BidNotice": "vitrine.ads.tasks.forget",
    "ads.DemandDay": "vitrine.ads.tasks.forget",
    "ads.Disbelief": "vitrine.ads.tasks.forget",
    "ads.Meeting": "vitrine.ads.tasks.forget",
    "ads.HiddenAd": "vitrine.ads.tasks.forget",
    "ads.Look": "vitrine.ads.tasks.forget",
    "ads.Met": "vitrine.ads.tasks.forget",
    "ads.Origin": "vitrine.ads.tasks.forget_origins",
    "ads.Response": "vitrine.ads.tasks.forget",
    "ads.Showing": "vitrine.ads.tasks.forget",
    "ads.Sifting": "vitrine.ads.tasks.forget",
    "sessions.Session": "vitrine.accounts.tasks.forget",
    "account.EmailConfirmation": "vitrine.accounts.tasks.forget",
    "usersessions.UserSession": "vitrine.accounts.tasks.forget",
    "axes.AccessAttempt": "vitrine.accounts.tasks.forget",
    "accounts.Notice": "vitrine.accounts.tasks.forget",
    "accounts.Pace": "vitrine.accounts.tasks.forget",
    "catalog.ImportReport": "vitrine.catalog.tasks.forget",
    "catalog.ImportRemark": "vitrine.catalog.tasks.forget",
    "commission.Sample": "vitrine.commission.tasks.forget",
    "feed.Delivery": "vitrine.feed.tasks.forget_deliveries",
    "feed.Digest": "vitrine.feed.tasks.forget",
    "feed.Exposure": "vitrine.feed.tasks.forget",
    "feed.PaidPost": "vitrine.feed.tasks.note_paid_posts",
    "feed.PostReach": "vitrine.feed.tasks.note_paid_posts",
    "feed.Slate": "vitrine.feed.tasks.forget",
    "feed.Tempo": "vitrine.feed.tasks.forget",
    "feed.Unwanted": "vitrine.feed.tasks.forget",
    "feed.Telling": "vitrine.feed.tasks.forget",
    "feed.Viewing": "vitrine.feed.tasks.forget",
    "feed.Watch": "vitrine.feed.tasks.forget",
    "orders.Bagging": "vitrine.orders.tasks.forget",
    "orders.Cart": "vitrine.orders.tasks.forget",
    "orders.Place": "vitrine.orders.tasks.forget",
    "programs.KeptAnswer": "vitrine.programs.tasks.forget",
    "programs.Delivery": "vitrine.programs.tasks.forget",
    "papers": "vitrine.catalog.tasks.forget",
    "procrastinate.ProcrastinateJob": "vitrine.ops.tasks.forget",
    "videos.Upload": "vitrine.videos.tasks.sweep",
    "uploads": "vitrine.videos.tasks.sweep",
}
"""Entry or file root -> the timer that keeps its promise. Each has a test beside its package."""

BY_THE_LIBRARY = {"procrastinate.ProcrastinateWorker"}
"""Workers remove each other's rows once a heartbeat is missing."""


def test_every_timed_retention_has_a_timer_that_keeps_it() -> None:
    kept = {name: entry.retention for name, entry in ENTRIES.items()}
    kept |= {name: root.retention for name, root in FILE_ROOTS.items()}
    promised = {name for name, retention in kept.items() if TIMED.search(retention)}

    assert promised == set(FORGOTTEN_BY) | BY_THE_LIBRARY


def test_those_timers_run_periodically() -> None:
    periodic = {task.task.name for task in app.periodic_registry.periodic_tasks.values()}

    assert {import_string(task).name for task in FORGOTTEN_BY.values()} <= periodic
