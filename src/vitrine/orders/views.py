"""What payment providers call."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from vitrine.orders import settling
from vitrine.orders.payment.provider import Provider
from vitrine.sovereignty import access


@csrf_exempt
@require_POST
@access.policy(access.HOLDER)
def webhook(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Take a provider's message. Whoever signs it holds the secret; 204 also for a duplicate."""
    event = provider.verify(request.body, request.headers.get("Payment-Signature", ""))
    settling.receive(provider.name, event, at=timezone.now())
    return HttpResponse(status=204)
