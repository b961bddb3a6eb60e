"""Clips and what belongs to them, a module for each noun."""

from vitrine.accounts.models import Viewer
from vitrine.videos.models.audience import PERMISSIONS, Audience, RemixKind
from vitrine.videos.models.caption import Caption, CaptionsChanged, NobodySpeaks
from vitrine.videos.models.clip import Clip, ClipQuerySet, film_of
from vitrine.videos.models.collection import (
    Collection,
    CollectionQuerySet,
    NameTaken,
    Save,
    TooManyCollections,
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
from vitrine.videos.models.fingerprint import BannedPrint, Fingerprint
from vitrine.videos.models.hearing import Hearing, HearingUnderWay, Waveform
from vitrine.videos.models.like import Like
from vitrine.videos.models.refusals import (
    HasCaptions,
    IsOut,
    NotDescribed,
    NotReadyToPublish,
    RemixWithdrawn,
)
from vitrine.videos.models.remix import NotOpenToRemixing, Remix, StitchOutsideTheClip, Wish
from vitrine.videos.models.repost import NotToRepost, Repost
from vitrine.videos.models.sound import Sound
from vitrine.videos.models.takedown import Cause, Takedown, TakenDown
from vitrine.videos.models.tally import Tally
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState
from vitrine.videos.models.visibility import Visibility

__all__ = [
    "PERMISSIONS",
    "Audience",
    "BannedPrint",
    "Caption",
    "CaptionsChanged",
    "Cause",
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
    "Fingerprint",
    "ForFollowersOnly",
    "HasCaptions",
    "Hearing",
    "HearingUnderWay",
    "Holding",
    "IsOut",
    "LeaseLost",
    "Like",
    "NameTaken",
    "NobodySpeaks",
    "NotDescribed",
    "NotOpenToRemixing",
    "NotReadyToPublish",
    "NotToRepost",
    "PartOutOfPlace",
    "Remix",
    "RemixKind",
    "RemixWithdrawn",
    "Rendition",
    "Repost",
    "Save",
    "Sound",
    "StitchOutsideTheClip",
    "Takedown",
    "TakenDown",
    "Tally",
    "ThreadGone",
    "TooManyCollections",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
    "Waveform",
    "Wish",
    "film_of",
]
