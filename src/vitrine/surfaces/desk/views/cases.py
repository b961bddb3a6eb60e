"""The queue, one case at a time, and the decision on it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel import storage
from vitrine.safety import judging
from vitrine.safety.models import Case
from vitrine.safety.policy import Measure
from vitrine.sovereignty import access
from vitrine.surfaces.desk import page
from vitrine.surfaces.desk.forms import DecisionForm
from vitrine.videos import roots, serving


@require_safe
@access.policy(access.MODERATOR)
def queue(request: SignedInRequest) -> HttpResponse:
    """Open the case that is most urgent, or say that none waits. Queries: 10."""
    now = timezone.now()
    for waiting in page.queue(request.user, at=now):
        if waiting.lease(request.user, at=now):
            return _desk(request, waiting, DecisionForm(kind=waiting.kind), HTTPStatus.OK)
    return render(request, "desk/case.html", {"queue": []})


@require_safe
@access.policy(access.MODERATOR)
def case(request: SignedInRequest, case_id: str) -> HttpResponse:
    """Open a case, and keep others from deciding it meanwhile. Queries: 10."""
    found = _open(request, case_id)
    if not found.lease(request.user, at=timezone.now()):
        raise judging.LookedAt
    return _desk(request, found, DecisionForm(kind=found.kind), HTTPStatus.OK)


@require_POST
@access.policy(access.MODERATOR)
def decision(request: SignedInRequest, case_id: str) -> HttpResponse:
    """Decide, and go on to the next case."""
    found = get_object_or_404(Case, public_id=case_id)
    form = DecisionForm(request.POST, kind=found.kind)
    if not form.is_valid():
        return _desk(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = form.cleaned_data
    measure = Measure(said["measure"])
    made = judging.decide(
        found, by=request.user, reason=said["reason"], measure=measure, words=said["words"],
        at=timezone.now(),
    )  # fmt: skip
    done = gettext("{act}: {thing}.").format(act=measure.act.title, thing=made.thing)
    messages.success(request, done)
    return redirect("desk:queue")


@require_safe
@access.policy(access.MODERATOR)
def film(request: SignedInRequest, case_id: str) -> HttpResponseBase:
    """Send the smallest rendition of a case's clip, whoever else may see it."""
    clip = _open(request, case_id).seen
    rendition = clip.renditions.order_by("size").first() if clip else None
    if rendition is None:
        raise Http404
    served = serving.Served(
        rendition.key,
        rendition.size,
        bytes(rendition.sha256).hex(),
        roots.content_type(rendition.key),
        serving.OWN_EYES,
    )
    return serving.respond(request, served)


@require_safe
@access.policy(access.MODERATOR)
def poster(request: SignedInRequest, case_id: str) -> HttpResponse:
    """Send the first frame of a case's clip."""
    clip = _open(request, case_id).seen
    try:
        content = storage.get(clip.poster_key) if clip and clip.poster_key else None
    except storage.Missing:
        content = None
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/webp")
    answer["Cache-Control"] = serving.OWN_EYES
    return answer


def _open(request: SignedInRequest, case_id: str) -> Case:
    rows = Case.objects.open().judgeable_by(request.user).with_things()
    return get_object_or_404(rows, public_id=case_id)


def _desk(request: SignedInRequest, found: Case, form: DecisionForm, status: int) -> HttpResponse:
    now = timezone.now()
    desk = page.desk(found, at=now)
    if desk is None:
        raise judging.ThingGone
    waiting = page.queue(request.user, at=now)
    places = [each.pk for each in waiting]
    at = places.index(found.pk) if found.pk in places else 0
    context = {
        "queue": waiting,
        "desk": desk,
        "before": waiting[at - 1] if at else None,
        "after": waiting[at + 1] if at + 1 < len(waiting) else None,
        **page.choices(found, form),
    }
    return render(request, "desk/case.html", context, status=status)
