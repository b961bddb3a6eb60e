"""What a page does after its button that pays was pressed, whatever the charge is for."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from vitrine.kernel import ids
from vitrine.kernel.asked import wants_fragment
from vitrine.orders.charges import settling
from vitrine.orders.models import Charged, SaleState


def again(request: HttpRequest, form: forms.Form, said: str) -> None:
    """Say why nothing was paid, and let the next press be another attempt."""
    form.add_error(None, said)
    typed = request.POST.copy()
    typed["key"] = ids.new()
    form.data = typed


def went_on(request: HttpRequest, charged: Charged) -> HttpResponse:
    """Go on to the bank, or to what is paid for.

    A form may not lead to another site (``form-action``).
    """
    page = settling.page_of(charged) if charged.state == SaleState.CHALLENGE else ""
    if wants_fragment(request):
        return HttpResponse(headers={"HX-Redirect": page or charged.get_absolute_url()})
    return redirect(page if page.startswith("/") else charged.get_absolute_url())


def came_back(request: HttpRequest, charged: Charged) -> HttpResponse:
    """Show where things stand, or, with "go", what is still to be paid at the bank."""
    if charged.state == SaleState.CHALLENGE and "go" in request.GET:
        return redirect(settling.page_of(charged) or charged.get_absolute_url())
    return redirect(charged.get_absolute_url())
