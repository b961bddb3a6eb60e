"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.clip import (
    Clip,
    ClipQuerySet,
    IsOut,
    NotReadyToPublish,
    Viewer,
    Visibility,
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
from vitrine.videos.models.talk import Caption, Like
from vitrine.videos.models.tally import Tally
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Audience",
    "Caption",
    "Clip",
    "ClipQuerySet",
    "Comment",
    "CommentLike",
    "CommentQuerySet",
    "CommentRules",
    "CommentsClosed",
    "Encoding",
    "EncodingState",
    "ForFollowersOnly",
    "Holding",
    "IsOut",
    "LeaseLost",
    "Like",
    "NotReadyToPublish",
    "PartOutOfPlace",
    "Rendition",
    "Tally",
    "ThreadGone",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
]
