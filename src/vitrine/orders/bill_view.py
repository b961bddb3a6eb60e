"""An invoice or a credit note, as whoever may read it sees and prints it."""

from importlib.resources import files
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from vitrine.orders import bill_page, printing
from vitrine.orders.models import Bill, BillKind

STYLE = files("vitrine") / "static" / "css" / "print.css"
PDF = "application/pdf"


def show(request: HttpRequest, bill: Bill, *, to: Any, back: str) -> HttpResponse:
    """Show a bill, which comes whole; ``pdf``: as a file. to: whom it is for. Queries: 0 to 1.

    Raises: NoPdf.
    """
    context = _context(bill, to=to) | {"back": back, "has_pdf": printing.is_there()}
    if "pdf" not in request.GET:
        return render(request, "orders/bill.html", context)
    html = render_to_string("orders/bill_paper.html", context, request)
    response = HttpResponse(printing.pdf(html, css=STYLE.read_text()), content_type=PDF)
    response["Content-Disposition"] = f'inline; filename="{bill.kind}-{bill.label}.pdf"'
    return response


def alone(request: HttpRequest, bill: Bill, *, to: Any) -> HttpResponse:
    """Show a bill, which comes whole, as a page that needs nothing else, to be kept. Queries: 1."""
    context = _context(bill, to=to) | {"style": STYLE.read_text()}
    return render(request, "orders/bill_alone.html", context)


def _context(bill: Bill, *, to: Any) -> dict[str, Any]:
    return {
        "bill": bill,
        "page": bill_page.of(bill),
        "currency": bill.order.group.currency,
        "invoice": bill.order.bills.filter(kind=BillKind.INVOICE).first(),
        "to": to,
    }
