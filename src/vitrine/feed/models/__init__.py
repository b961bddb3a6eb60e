"""What viewers were shown, how long they watched, and what is counted of it."""

from vitrine.feed.models.count import ClipDay, CountedDay, Rejection
from vitrine.feed.models.digest import Digest
from vitrine.feed.models.experiment import Arm, Experiment, Exposure, Look
from vitrine.feed.models.first_day import FairHearing, FirstDay
from vitrine.feed.models.habit import Habit
from vitrine.feed.models.paid_post import PaidFor, PaidPost, PostReach
from vitrine.feed.models.slate import Slate
from vitrine.feed.models.tempo import Tempo
from vitrine.feed.models.unwanted import Topics, Unwanted
from vitrine.feed.models.viewing import Delivery, Telling, Viewing
from vitrine.feed.models.watch import Watch, WatchQuerySet

__all__ = [
    "Arm",
    "ClipDay",
    "CountedDay",
    "Delivery",
    "Digest",
    "Experiment",
    "Exposure",
    "FairHearing",
    "FirstDay",
    "Habit",
    "Look",
    "PaidFor",
    "PaidPost",
    "PostReach",
    "Rejection",
    "Slate",
    "Telling",
    "Tempo",
    "Topics",
    "Unwanted",
    "Viewing",
    "Watch",
    "WatchQuerySet",
]
