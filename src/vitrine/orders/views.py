"""What payment providers and the label service call, and the test bank's own page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from vitrine.kernel.errors import problem
from vitrine.orders import hearing, labelling, postage, stranding
from vitrine.orders.charges import kinds
from vitrine.orders.models import BankCharge, Charged, OrderGroup, Payment
from vitrine.orders.payment import providers, sandbox
from vitrine.orders.payment.provider import BadSignature, Outcome, OutcomeUnknown
from vitrine.sovereignty import access


@csrf_exempt
@require_POST
@access.policy(access.HOLDER)
def webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a provider's message. Whoever signs it holds the secret; 204 also for a duplicate.

    One that is not signed is refused as a problem document: only machines call here.
    """
    bank = providers.named(provider)
    try:
        event = bank.verify(request.body, request.headers.get(bank.signature_header, ""))
    except BadSignature as bad:
        return problem(bad.status, code=bad.code, detail=bad.text)
    try:
        if event.refund:
            stranding.hear(bank.name, event.refund, at=timezone.now())
        else:
            hearing.receive(bank.name, event, at=timezone.now())
    except OutcomeUnknown:
        # The truth could not be asked for: the message is to be sent again.
        return problem(503, code="provider_silent", detail=gettext("Send it again later."))
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
@access.policy(access.HOLDER)
def tracking(request: HttpRequest) -> HttpResponse:
    """Take what the label service tells of a parcel. Whoever signs it holds the secret."""
    try:
        told = postage.verify(request.body, request.headers.get(postage.SIGNATURE, ""))
    except BadSignature as bad:
        return problem(bad.status, code=bad.code, detail=bad.text)
    if told is not None:
        labelling.hear(told, at=timezone.now())
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@access.policy(access.HOLDER)
def challenge(request: HttpRequest, reference: str) -> HttpResponse:
    """Stand in for a bank's own page, where a buyer proves who they are; then go back."""
    charge = BankCharge.objects.filter(reference=reference).first()
    of = _charged(reference)
    if charge is None or of is None:
        raise Http404
    back = f"{of.get_absolute_url()}/outcome"
    if request.method == "POST":
        sandbox.answer_challenge(reference, approved="approve" in request.POST)
        return redirect(back)
    if charge.outcome != Outcome.CHALLENGE:
        return redirect(back)
    return render(request, "orders/challenge.html", {"charge": charge})


def _charged(reference: str) -> OrderGroup | Charged | None:
    """Return what a charge of the test bank is for. Queries: 1, and 1 for each kind of charge."""
    payment = Payment.objects.select_related("group").filter(reference=reference).first()
    if payment is not None:
        return payment.group
    return kinds.find(provider=sandbox.NAME, reference=reference)
