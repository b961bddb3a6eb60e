"""The site's URLs, and beside them an empty view: through all middleware, and nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from vitrine.sovereignty import access
from vitrine.urls import handler400, handler403, handler404, handler500
from vitrine.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@access.policy(access.ANYONE)
def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing."""
    return HttpResponse()


urlpatterns = [path("bench/empty", empty), *site]
