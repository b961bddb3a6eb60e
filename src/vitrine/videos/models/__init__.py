"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.clip import Clip, ClipQuerySet, NotReadyToPublish, Viewer, Visibility
from vitrine.videos.models.collection import Collection, CollectionExists, Save, TooManyCollections
from vitrine.videos.models.comment import (
    Comment,
    CommentLike,
    CommentQuerySet,
    CommentRules,
    CommentsClosed,
    ForFollowersOnly,
    ThreadGone,
)
from vitrine.videos.models.encoding import Encoding, EncodingState, LeaseLost, Rendition
from vitrine.videos.models.mention import Hashtag, Mention
from vitrine.videos.models.repost import NotYours, Repost
from vitrine.videos.models.talk import Caption, Like
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Caption",
    "Clip",
    "ClipQuerySet",
    "Collection",
    "CollectionExists",
    "Comment",
    "CommentLike",
    "CommentQuerySet",
    "CommentRules",
    "CommentsClosed",
    "Encoding",
    "EncodingState",
    "ForFollowersOnly",
    "Hashtag",
    "LeaseLost",
    "Like",
    "Mention",
    "NotReadyToPublish",
    "NotYours",
    "PartOutOfPlace",
    "Rendition",
    "Repost",
    "Save",
    "ThreadGone",
    "TooManyCollections",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
]
