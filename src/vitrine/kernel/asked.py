"""What a request asks for beyond its address: to delete, or for a part of a page."""

from django.http import HttpRequest


def is_delete(request: HttpRequest) -> bool:
    """Tell whether a request deletes: by its method, or by a form's hidden ``method``.

    HTML forms know GET and POST alone, and everything here works without JavaScript.
    """
    return request.method == "DELETE" or request.POST.get("method") == "delete"


def wants_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx or our own scripts ask, who want a part of a page."""
    return request.headers.get("HX-Request") == "true"
