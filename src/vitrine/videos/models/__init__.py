"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.audience import Audience
from vitrine.videos.models.caption import Caption, CaptionsChanged, NobodySpeaks
from vitrine.videos.models.clip import (
    PERMISSIONS,
    Clip,
    ClipQuerySet,
    HasCaptions,
    IsOut,
    NotDescribed,
    NotReadyToPublish,
    RemixKind,
    RemixWithdrawn,
    Viewer,
    Visibility,
)
from vitrine.videos.models.comment import (
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
from vitrine.videos.models.hearing import Hearing, HearingUnderWay, Waveform
from vitrine.videos.models.like import Like
from vitrine.videos.models.remix import NotOpenToRemixing, Remix, StitchOutsideTheClip, Wish
from vitrine.videos.models.sound import Sound
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "PERMISSIONS",
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
    "NotOpenToRemixing",
    "NotReadyToPublish",
    "PartOutOfPlace",
    "Remix",
    "RemixKind",
    "RemixWithdrawn",
    "Rendition",
    "Sound",
    "StitchOutsideTheClip",
    "ThreadGone",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
    "Waveform",
    "Wish",
]
