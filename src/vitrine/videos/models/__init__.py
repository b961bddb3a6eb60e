"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.clip import Clip, ClipQuerySet, NotReadyToPublish, Viewer, Visibility
from vitrine.videos.models.collection import (
    Collection,
    CollectionQuerySet,
    NameTaken,
    Save,
    TooManyCollections,
)
from vitrine.videos.models.comment import (
    Audience,
    Comment,
    CommentLike,
    CommentQuerySet,
    CommentRules,
    CommentsClosed,
    ForFollowersOnly,
    Holding,
    ThreadGone,
)
from vitrine.videos.models.encoding import Encoding, EncodingState, LeaseLost, Rendition
from vitrine.videos.models.repost import NotToRepost, Repost
from vitrine.videos.models.talk import Caption, Like
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Audience",
    "Caption",
    "Clip",
    "ClipQuerySet",
    "Collection",
    "CollectionQuerySet",
    "Comment",
    "CommentLike",
    "CommentQuerySet",
    "CommentRules",
    "CommentsClosed",
    "Encoding",
    "EncodingState",
    "ForFollowersOnly",
    "Holding",
    "LeaseLost",
    "Like",
    "NameTaken",
    "NotReadyToPublish",
    "NotToRepost",
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
