"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.clip import Clip, ClipQuerySet, NotReadyToPublish, Viewer, Visibility
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
from vitrine.videos.models.fingerprint import BannedPrint, Fingerprint
from vitrine.videos.models.takedown import Cause, Takedown, TakenDown
from vitrine.videos.models.talk import Caption, Like
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Audience",
    "BannedPrint",
    "Caption",
    "Cause",
    "Clip",
    "ClipQuerySet",
    "Comment",
    "CommentLike",
    "CommentQuerySet",
    "CommentRules",
    "CommentsClosed",
    "Encoding",
    "EncodingState",
    "Fingerprint",
    "ForFollowersOnly",
    "Holding",
    "LeaseLost",
    "Like",
    "NotReadyToPublish",
    "PartOutOfPlace",
    "Rendition",
    "Takedown",
    "TakenDown",
    "ThreadGone",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
]
