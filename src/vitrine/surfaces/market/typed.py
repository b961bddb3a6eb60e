"""What a request sent, for a form that is shown and taken by one view."""

from typing import Any

from django.http import HttpRequest


def typed(request: HttpRequest) -> Any:
    """Return what was sent, even if that is nothing; None where a form is only shown."""
    return request.POST if request.method == "POST" else None


def files_sent(request: HttpRequest) -> Any:
    """Return the files that were sent; None where a form is only shown."""
    return request.FILES if request.method == "POST" else None
