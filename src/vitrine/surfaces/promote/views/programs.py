"""An advertiser's programs: the tokens by which they read its figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.accounts.limits import Action
from vitrine.accounts.signed_in import SignedInRequest
from vitrine.accounts.views import at_most
from vitrine.ads import programs as ad_programs
from vitrine.programs.forms import TokenForm
from vitrine.programs.scopes import OF_ACCOUNTS
from vitrine.sovereignty import access
from vitrine.surfaces.promote import scope
from vitrine.surfaces.promote.scope import Account


@require_http_methods(["GET", "POST"])
@access.policy(access.MEMBER)
@at_most(Action.WRITE)
def programs(request: SignedInRequest, advertiser_id: str) -> HttpResponse:
    """Show the tokens of an account; POST makes one. Its text is on that answer alone.

    Also of a shop's account: such tokens open nothing of the shop. Raises: TooManyTokens.
    Queries: 2.
    """
    account, now = scope.account(request, advertiser_id, scope.OWNER), timezone.now()
    typed = request.POST if request.method == "POST" else None
    form = TokenForm(typed, scopes=OF_ACCOUNTS)
    if request.method != "POST":
        return _page(request, account, form)
    if not form.is_valid():
        return _page(request, account, form, status=422)
    text = ad_programs.make(
        account.advertiser,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        by=request.user,
        at=now,
        expires_at=now + form.lasts if form.lasts else None,
    )
    answer = _page(request, account, TokenForm(scopes=OF_ACCOUNTS), text=text, status=201)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@access.policy(access.MEMBER)
def revocation(request: SignedInRequest, advertiser_id: str, token_id: str) -> HttpResponse:
    """Let a token open nothing any more."""
    account = scope.account(request, advertiser_id, scope.OWNER)
    rows = ad_programs.tokens(account.advertiser)
    get_object_or_404(rows, public_id=token_id).revoke(at=timezone.now())
    messages.success(request, gettext("Revoked. Whoever shows it is turned away."))
    return redirect("promote:programs", advertiser_id)


def _page(
    request: SignedInRequest,
    account: Account,
    form: TokenForm,
    *,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the page. text: of a token that was made just now."""
    own = ad_programs.tokens(account.advertiser).select_related("made_by")
    context = {
        "account": account,
        "here": "programs",
        "tokens": own.in_force(at=timezone.now()).order_by("-made_at", "-pk"),
        "form": form,
        "text": text,
    }
    return render(request, "promote/programs.html", context, status=status)
