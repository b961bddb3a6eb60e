"""The way out of digests, for whoever holds the link of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from vitrine.accounts.models import NoticeRules
from vitrine.feed import digests
from vitrine.sovereignty import access


@csrf_exempt  # mail programs send it with one click and no cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.HOLDER)
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, POST ends the digests. Mail scanners follow links: GET alone changes nothing."""
    person = digests.holder(token)
    if person is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        NoticeRules.stop_mail(person)
    return render(request, "you/stop_digests.html", {"is_done": is_done})
