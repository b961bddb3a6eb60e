"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.caption import Caption, CaptionsChanged, NobodySpeaks
from vitrine.videos.models.clip import (
    Clip,
    ClipQuerySet,
    HasCaptions,
    IsOut,
    NotDescribed,
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
from vitrine.videos.models.like import Like
from vitrine.videos.models.sound import Hearing, HearingUnderWay, Waveform
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Audience",
    "Caption",
    "CaptionsChanged",
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
    "HasCaptions",
    "Hearing",
    "HearingUnderWay",
    "Holding",
    "IsOut",
    "LeaseLost",
    "Like",
    "NobodySpeaks",
    "NotDescribed",
    "NotReadyToPublish",
    "PartOutOfPlace",
    "Rendition",
    "ThreadGone",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
    "Waveform",
]
