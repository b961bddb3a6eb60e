"""What is said under a clip: comments, answers, their likes and the pin."""

from http import HTTPStatus

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.kernel.asked import is_delete, wants_fragment
from vitrine.kernel.errors import Refusal, told_when, wants_json
from vitrine.safety import commenting
from vitrine.sovereignty import access
from vitrine.surfaces.watch import talk as reads
from vitrine.surfaces.watch.forms import CommentForm
from vitrine.surfaces.watch.views.clip import context_of, talk_of, visible
from vitrine.videos.models import Clip, Comment, CommentLike, CommentQuerySet, ThreadGone


@access.policy(access.ANYONE)
@require_safe
def talk(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show the comments as a sheet; with a cursor, older ones, to go below those shown."""
    part = "threads" if "cursor" in request.GET else "sheet"
    return render(request, f"watch/talk.html#{part}", talk_of(request, visible(request, clip_id)))


@require_POST
@access.policy(access.PERSON)
def comments(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Add a comment, or an answer in the thread of the one that ``thread`` names."""
    shown = visible(request, clip_id)
    named = request.POST.get("thread", "")
    thread = _readable(request, shown).filter(_begins(named)).first() if named else None
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _not_sent(request, shown, form, thread, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if named and thread is None:
            raise ThreadGone
        said = commenting.say(
            shown, form.cleaned_data["text"], by=request.user, at=timezone.now(), thread=thread
        )
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and the typed text stays, in a field that is there
        thread = None if isinstance(refusal, ThreadGone) else thread
        return told_when(_not_sent(request, shown, form, thread, refusal.status), refusal)
    return _again(request, shown, said if thread else None)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def comment(request: SignedInRequest, clip_id: str, comment_id: str) -> HttpResponse:
    """Take a comment away: its author may, and the creator of the clip it stands under."""
    shown = visible(request, clip_id)
    theirs = Comment.objects.removable_by(request.user).filter(clip=shown)
    get_object_or_404(theirs, public_id=comment_id).delete()
    return _again(request, shown)


@access.policy(access.ANYONE)
@require_safe
def thread(request: HttpRequest, clip_id: str, comment_id: str) -> HttpResponse:
    """Show the thread that a comment began or stands in, with all its answers, as a page."""
    rows = _readable(request, visible(request, clip_id))
    get_object_or_404(rows, public_id=comment_id)
    began = get_object_or_404(rows, _begins(comment_id))
    return _thread_page(request, began, CommentForm(), HTTPStatus.OK)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
@at_most(Action.LIKE)
def comment_like(request: SignedInRequest, clip_id: str, comment_id: str) -> HttpResponse:
    """POST likes a comment; DELETE, or a form's ``method``, takes it back."""
    shown = visible(request, clip_id)
    said = get_object_or_404(_readable(request, shown), public_id=comment_id)
    if is_delete(request):
        CommentLike.take_back(said, by=request.user)
    else:
        CommentLike.give(said, by=request.user, at=timezone.now())
    if wants_fragment(request):
        liked = reads.with_likes(said, request.user)
        return render(request, "watch/comment.html#like", {"clip": shown, "comment": liked})
    return _again(request, shown, said)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def pin(request: SignedInRequest, clip_id: str, comment_id: str) -> HttpResponse:
    """POST puts a comment above the others, DELETE among them. The clip's creator may."""
    shown = visible(request, clip_id)
    threads = Comment.objects.filter(clip=shown, clip__creator=request.user, thread=None)
    said = get_object_or_404(threads, public_id=comment_id)
    if is_delete(request):
        said.unpin()
    else:
        said.pin(at=timezone.now())
    return _again(request, shown)


def _readable(request: HttpRequest, shown: Clip) -> CommentQuerySet:
    rows = Comment.objects.shown_to(request.user).filter(clip=shown)
    return rows.select_related("clip__creator")


def _begins(comment_id: str) -> Q:
    """Return the condition of having begun the thread that a comment stands in."""
    answered = Comment.objects.filter(public_id=comment_id).values("thread")
    return Q(public_id=comment_id, thread=None) | Q(pk__in=answered)


def _not_sent(
    request: HttpRequest, shown: Clip, form: CommentForm, thread: Comment | None, status: int
) -> HttpResponse:
    """Show what was typed again, where it was typed, with what is wrong."""
    if wants_fragment(request):
        context = talk_of(request, shown, form, answering=thread)
        return render(request, "watch/talk.html#talk", context, status=status)
    if thread is not None:
        return _thread_page(request, thread, form, status)
    return render(request, "watch/clip.html", context_of(request, shown, form), status=status)


def _thread_page(
    request: HttpRequest, said: Comment, form: CommentForm, status: int
) -> HttpResponse:
    found = reads.thread(said, request.user, cursor=request.GET.get("cursor"))
    context = {"clip": said.clip, "thread": found, "talk": found, "form": form}
    return render(request, "watch/thread.html", context, status=status)


def _again(request: HttpRequest, shown: Clip, said: Comment | None = None) -> HttpResponse:
    """Show the talk as it is now. said: what a browser without scripts goes to."""
    if wants_fragment(request):
        return render(request, "watch/talk.html#talk", talk_of(request, shown))
    if said is not None:
        return HttpResponseRedirect(f"{said.get_absolute_url()}#comment-{said.public_id}")
    return HttpResponseRedirect(f"{shown.get_absolute_url()}#comments")
