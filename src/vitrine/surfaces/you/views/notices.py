"""What a person was told, and where they want to hear it."""

from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts import pushing
from vitrine.accounts.models import Notice, NoticeRules
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.telling import Kind
from vitrine.kernel.asked import wants_fragment
from vitrine.sovereignty import access
from vitrine.surfaces.you.forms import ChannelsForm
from vitrine.videos import told as reads


@require_safe
@access.policy(access.PERSON)
def notices(request: SignedInRequest) -> HttpResponse:
    """Show what a person was told, the newest first. Queries: 3."""
    cursor = request.GET.get("cursor")
    context = {"told": reads.told(request.user, cursor=cursor), "now": timezone.now()}
    return render(request, "you/notices.html", context)


@require_POST
@access.policy(access.PERSON)
def reading(request: SignedInRequest) -> HttpResponse:
    """Note as read what was told until the page was made. Queries: 1."""
    now = timezone.now()
    waiting = Notice.objects.filter(person=request.user, at__lte=_until(request, now)).unread()
    waiting.update(read_at=now)
    if wants_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return redirect("you:notices")


def _until(request: SignedInRequest, now: datetime) -> datetime:
    try:
        named = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        named = None
    return named if named and named.tzinfo else now


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.PERSON)
def channels(request: SignedInRequest) -> HttpResponse:
    """GET shows where a person hears what, POST changes it."""
    rules = NoticeRules.of(request.user)
    form, status = ChannelsForm.of(rules), HTTPStatus.OK
    if request.method == "POST":
        form, status = ChannelsForm(request.POST), HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            said = form.cleaned_data
            NoticeRules.put(
                by=request.user,
                silent=set(Kind.values) - set(said["told"]),
                pushed=said["pushed"] if pushing.is_on() else rules.pushed,
                mailed=said["mailed"],
                digest=said["digest"],
            )
            messages.success(request, gettext("Saved."))
            return redirect("you:channels")
    context = {"form": form, **_push(request)}
    return render(request, "you/channels.html", context, status=status)


def _push(request: SignedInRequest) -> dict[str, object]:
    """Return what the page says of pushes; nothing where this cell sends none. Queries: 0 or 1."""
    if not pushing.is_on():
        return {}
    return {
        "push_key": pushing.public_key(),
        "services": settings.VITRINE_PUSH_HOSTS,
        "browsers": list(request.user.push_subscriptions.order_by("-at", "-pk")),
    }
