"""The verb of a request, where plain forms can't say it."""

from django.http import HttpRequest


def is_delete(request: HttpRequest) -> bool:
    """Tell whether a request deletes: by its method, or by a form's hidden ``method``.

    HTML forms know GET and POST alone, and everything here works without JavaScript.
    """
    return request.method == "DELETE" or request.POST.get("method") == "delete"
