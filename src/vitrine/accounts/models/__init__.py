"""People and what is between them, a module for each noun."""

from vitrine.accounts.models.block import Block, Mute
from vitrine.accounts.models.notice import Notice, NoticeQuerySet, NoticeRules, Often
from vitrine.accounts.models.pace import Pace
from vitrine.accounts.models.person import (
    Blocked,
    Follow,
    HandleTaken,
    People,
    Person,
    Viewer,
    unblocked,
)
from vitrine.accounts.models.subscription import PushSubscription, ServiceNotAllowed
from vitrine.accounts.models.suspension import PostingSuspended, Suspension

__all__ = [
    "Block",
    "Blocked",
    "Follow",
    "HandleTaken",
    "Mute",
    "Notice",
    "NoticeQuerySet",
    "NoticeRules",
    "Often",
    "Pace",
    "People",
    "Person",
    "PostingSuspended",
    "PushSubscription",
    "ServiceNotAllowed",
    "Suspension",
    "Viewer",
    "unblocked",
]
