"""Comments on a creator's clips: which wait for approval, and by what rules."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vitrine.kernel import paging
from vitrine.kernel.asked import is_delete
from vitrine.sovereignty import access
from vitrine.surfaces.studio.forms import CommentRulesForm
from vitrine.surfaces.studio.page import CreatorRequest
from vitrine.videos.models import Comment, CommentRules

SHOWN = 30


@require_GET
@access.policy(access.PERSON)
def waiting(request: CreatorRequest) -> HttpResponse:
    """Show what waits for the creator, the latest first, and the rules. Queries: 2."""
    form = CommentRulesForm.of(CommentRules.of(request.user.pk))
    return _page(request, form, HTTPStatus.OK)


@require_POST
@access.policy(access.PERSON)
def rules(request: CreatorRequest) -> HttpResponse:
    """Change the rules. They judge what is said from now on."""
    form = CommentRulesForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    CommentRules.put(by=request.user, **form.cleaned_data)
    messages.success(request, gettext("Your rules for comments are saved."))
    return redirect("studio:comments")


@require_http_methods(["POST", "DELETE"])
@access.policy(access.OWNER)
def approval(request: CreatorRequest, comment_id: str) -> HttpResponse:
    """POST lets everybody read a comment that waits; DELETE, or a form's ``method``, deletes it."""
    held = Comment.objects.filter(clip__creator=request.user, clip__deleted_at=None)
    comment = get_object_or_404(held, public_id=comment_id)
    if is_delete(request):
        comment.delete()
    else:
        comment.approve(at=timezone.now())
    return redirect("studio:comments")


def _page(request: CreatorRequest, form: CommentRulesForm, status: int) -> HttpResponse:
    rows = Comment.objects.waiting_for(request.user).select_related("author", "clip")
    held = paging.newest_first(rows, by="at", cursor=request.GET.get("after"), size=SHOWN)
    context = {"held": held, "form": form}
    return render(request, "studio/comments.html", context, status=status)
