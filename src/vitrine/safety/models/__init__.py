"""Cases and what is decided about them, a module for each noun."""

from vitrine.safety.models.case import Case, CaseQuerySet, Origin, Report
from vitrine.safety.models.decision import Appeal, Decision, Strike
from vitrine.safety.models.word import Effect, ListedWord

__all__ = [
    "Appeal",
    "Case",
    "CaseQuerySet",
    "Decision",
    "Effect",
    "ListedWord",
    "Origin",
    "Report",
    "Strike",
]
