"""What ``vitrine check`` asks of safety."""

from vitrine.kernel.invariants import Finding, invariant
from vitrine.safety.models import Case, Decision
from vitrine.sovereignty import immutable
from vitrine.videos.models import Cause, Takedown

GUARDS = [
    "safety_decision_append_only",
    "safety_decision_never_emptied",
    "safety_decision_fit",
    "safety_appeal_append_only",
]


@invariant("Q1", "What is hidden was decided, every closed case has its decision, none changes")
def what_is_hidden_was_decided() -> Finding:
    """Look for takedowns and closed cases without a decision, and for the guards."""
    decided = Decision.objects.filter(case__clip__isnull=False).values("case__clip")
    bare = Takedown.objects.filter(cause=Cause.DECIDED).exclude(clip__in=decided)
    hidden = bare.values_list("clip__public_id", flat=True)
    broken = [f"the takedown of clip {clip} has no decision" for clip in hidden]
    silent = Case.objects.filter(closed_at__isnull=False, decision=None)
    broken += [f"case {case.public_id} is closed without a decision" for case in silent]
    broken += [f"decisions lost their guard {name}" for name in immutable.missing(GUARDS)]
    return Finding(Takedown.objects.count() + Case.objects.count(), broken)
