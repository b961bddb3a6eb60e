"""URLs of watching."""

from django.urls import path

from vitrine.surfaces.watch.views import (
    clip,
    feed,
    installed,
    profile,
    promoted,
    remixes,
    saving,
    sharing,
    talk,
    wanting,
)

app_name = "watch"
COMMENT = "v/<public_id:clip_id>/comments/<public_id:comment_id>"
urlpatterns = [
    path("", feed.for_you, name="for-you"),
    path("for-you/more", feed.for_you_more, name="for-you-more"),
    path("following", feed.following, name="following"),
    path("following/more", feed.following_more, name="following-more"),
    path("v/<public_id:clip_id>", clip.clip, name="clip"),
    path("v/<public_id:clip_id>/comments", talk.comments, name="comments"),
    path(COMMENT, talk.comment, name="comment"),
    path(f"{COMMENT}/thread", talk.thread, name="thread"),
    path(f"{COMMENT}/like", talk.comment_like, name="comment-like"),
    path(f"{COMMENT}/pin", talk.pin, name="pin"),
    path("v/<public_id:clip_id>/talk", talk.talk, name="talk"),
    path("promoted/preview/<str:key>", promoted.preview, name="ad-preview"),
    path("promoted/<public_id:ad_id>", promoted.about, name="ad"),
    path("promoted/<public_id:ad_id>/hidden", promoted.hidden, name="ad-hidden"),
    path("v/<public_id:clip_id>/options", clip.options, name="options"),
    path("v/<public_id:clip_id>/like", clip.like, name="like"),
    path("v/<public_id:clip_id>/save", saving.save, name="save"),
    path("v/<public_id:clip_id>/collections", saving.collections, name="collections"),
    path("v/<public_id:clip_id>/collections/new", saving.new_collection, name="new-collection"),
    path(
        "v/<public_id:clip_id>/collections/<public_id:collection_id>",
        saving.in_collection,
        name="in-collection",
    ),
    path("v/<public_id:clip_id>/repost", saving.repost, name="repost"),
    path("v/<public_id:clip_id>/disinterest", wanting.disinterest, name="disinterest"),
    path("v/<public_id:clip_id>/share", sharing.share, name="share"),
    path("v/<public_id:clip_id>/remixes", remixes.remixes, name="remixes"),
    path("sounds/<public_id:sound_id>", remixes.sound, name="sound"),
    path("v/<public_id:clip_id>/embed", sharing.embed, name="embed"),
    path("sw.js", installed.worker, name="worker"),
    path("offline", installed.offline, name="offline"),
    path("oembed", sharing.oembed, name="oembed"),
    path("@<str:handle>", profile.profile, name="profile"),
    path("@<str:handle>/reposts", profile.reposts, name="reposts"),
    path("@<str:handle>/collections", profile.collections, name="profile-collections"),
]
