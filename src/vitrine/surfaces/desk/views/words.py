"""The cell's list of words."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.safety.models import ListedWord
from vitrine.sovereignty import access
from vitrine.surfaces.desk.forms import WordsForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.MODERATOR)
def listed(request: SignedInRequest) -> HttpResponse:
    """Show the words that are held or refused; POST adds some."""
    form = WordsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        said = form.cleaned_data
        ListedWord.put(said["words"], said["effect"], by=request.user, at=timezone.now())
        messages.success(request, gettext("They are on the list."))
        return redirect("desk:words")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    words = ListedWord.objects.in_force().select_related("by").order_by("word")
    return render(request, "desk/words.html", {"form": form, "words": words}, status=status)


@require_http_methods(["POST", "DELETE"])
@access.policy(access.MODERATOR)
def word(request: SignedInRequest, word_id: str) -> HttpResponse:
    """Take a word off the list; texts are judged by the list as they come in."""
    found = get_object_or_404(ListedWord, public_id=word_id)
    found.remove(by=request.user, at=timezone.now())
    return redirect("desk:words")
