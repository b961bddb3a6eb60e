"""Clips and what belongs to them, a module for each noun."""

from vitrine.videos.models.clip import Clip, ClipQuerySet, NotReadyToPublish, Viewer, Visibility
from vitrine.videos.models.encoding import Encoding, EncodingState, LeaseLost, Rendition
from vitrine.videos.models.talk import Caption, Comment, CommentsClosed, Like
from vitrine.videos.models.upload import PartOutOfPlace, Upload, UploadState

__all__ = [
    "Caption",
    "Clip",
    "ClipQuerySet",
    "Comment",
    "CommentsClosed",
    "Encoding",
    "EncodingState",
    "LeaseLost",
    "Like",
    "NotReadyToPublish",
    "PartOutOfPlace",
    "Rendition",
    "Upload",
    "UploadState",
    "Viewer",
    "Visibility",
]
