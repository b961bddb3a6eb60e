"""What is said under a clip: comments, answers, their likes and the pin."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.kernel.errors import Refusal, wants_json
from vitrine.sovereignty import access
from vitrine.surfaces.watch import talk as reads
from vitrine.surfaces.watch.forms import CommentForm
from vitrine.surfaces.watch.views.clip import by_script, context_of, talk_of, visible
from vitrine.videos.models import Clip, Comment, CommentLike


@access.policy(access.ANYONE)
@require_safe
def talk(request: HttpRequest, clip_id: str) -> HttpResponse:
    """Show the comments as a sheet; with a cursor, older ones, to go below those shown."""
    part = "threads" if "cursor" in request.GET else "sheet"
    return render(request, f"watch/talk.html#{part}", talk_of(request, visible(request, clip_id)))


@require_POST
@access.policy(access.PERSON)
def comments(request: SignedInRequest, clip_id: str) -> HttpResponse:
    """Add a comment, or an answer to the one that ``thread`` names."""
    shown = visible(request, clip_id)
    thread = _answered(request, shown)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _not_sent(request, shown, form, thread, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        said = Comment.say(
            shown, form.cleaned_data["text"], by=request.user, at=timezone.now(), thread=thread
        )
    except Refusal as refusal:
        if wants_json(request):
            raise
        form.add_error("text", refusal.text)  # and the typed text stays
        return _not_sent(request, shown, form, thread, refusal.status)
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
    """Show one thread with all its answers, as a page."""
    said = _readable(request, visible(request, clip_id), comment_id)
    return _thread_page(request, said, CommentForm(), HTTPStatus.OK)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.PERSON)
def comment_like(request: SignedInRequest, clip_id: str, comment_id: str) -> HttpResponse:
    """POST likes a comment; DELETE, or a form's ``method``, takes it back."""
    shown = visible(request, clip_id)
    said = _readable(request, shown, comment_id)
    if _takes_back(request):
        CommentLike.take_back(said, by=request.user)
    else:
        CommentLike.give(said, by=request.user, at=timezone.now())
    if by_script(request):
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
    if _takes_back(request):
        said.unpin()
    else:
        said.pin(at=timezone.now())
    return _again(request, shown)


def _answered(request: HttpRequest, shown: Clip) -> Comment | None:
    name = request.POST.get("thread")
    return _readable(request, shown, name) if name else None


def _readable(request: HttpRequest, shown: Clip, comment_id: str) -> Comment:
    comments = Comment.objects.shown_to(request.user).filter(clip=shown).select_related("clip")
    return get_object_or_404(comments, public_id=comment_id)


def _takes_back(request: HttpRequest) -> bool:
    return request.method == "DELETE" or request.POST.get("method") == "delete"


def _not_sent(
    request: HttpRequest, shown: Clip, form: CommentForm, thread: Comment | None, status: int
) -> HttpResponse:
    """Show what was typed again, where it was typed, with what is wrong."""
    if by_script(request):
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
    if by_script(request):
        return render(request, "watch/talk.html#talk", talk_of(request, shown))
    if said is not None:
        return HttpResponseRedirect(f"{said.get_absolute_url()}#comment-{said.public_id}")
    return HttpResponseRedirect(f"{shown.get_absolute_url()}#comments")
