"""The site as an installed app: its service worker, and the page for when there is no network."""

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from vitrine.sovereignty import access

OFFLINE = "watch/offline.html"
_NAMED = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@access.policy(access.ANYONE)
@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Return the script that stands between the pages and the network.

    Its shell is the offline page and the files that page names. What changes in either changes the
    script, and browsers fetch the shell anew.
    """
    page = render_to_string(OFFLINE)
    context = {
        "version": hashlib.blake2b(page.encode(), digest_size=8).hexdigest(),
        "files": sorted(set(_NAMED.findall(page))),
    }
    return render(request, "watch/worker.js", context, content_type="text/javascript")


@access.policy(access.ANYONE)
@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """Say that there is no network, and show the posters that were seen last."""
    return render(request, OFFLINE)
