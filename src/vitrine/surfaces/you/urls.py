"""URLs of a person's own things."""

from django.urls import path

from vitrine.surfaces.you.views import (
    credit,
    digests,
    history,
    notices,
    pushes,
    saved,
    unwanted,
    wishes,
)

app_name = "you"
COLLECTION = "collections/<public_id:collection_id>"
urlpatterns = [
    path("notifications/push", pushes.subscribe, name="push"),
    path("notifications/push/<public_id:subscription_id>", pushes.end, name="push-end"),
    path("digests/<str:token>", digests.stop, name="stop-digests"),
    path("history", history.history, name="history"),
    path("history/pause", history.pause, name="history-pause"),
    path("history/profile", history.profile, name="history-profile"),
    path("history/<public_id:clip_id>", history.watched, name="watched"),
    path("unwanted", unwanted.everything, name="unwanted"),
    path("unwanted/<public_id:unwanted_id>", unwanted.end, name="unwanted-end"),
    path("screen-time", history.screen_time, name="screen-time"),
    path("screen-time/more", history.more, name="more-time"),
    path("screen-time/done", history.done, name="done-today"),
    path("notifications", notices.notices, name="notices"),
    path("notifications/reading", notices.reading, name="reading"),
    path("notifications/settings", notices.channels, name="channels"),
    path("credit", credit.credit, name="credit"),
    path("wishes", wishes.wishes, name="wishes"),
    path("saved", saved.everything, name="saved"),
    path(COLLECTION, saved.collection, name="collection"),
    path(f"{COLLECTION}/settings", saved.settings, name="collection-settings"),
    path(f"{COLLECTION}/deletion", saved.deletion, name="collection-deletion"),
    path(f"{COLLECTION}/clips/<public_id:clip_id>", saved.clip, name="collected-clip"),
]
