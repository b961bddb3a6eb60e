"""A shop's catalogue as a file to keep, or to bring to another shop."""

from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from vitrine.catalog import exporting
from vitrine.catalog.exporting import Format
from vitrine.sovereignty import access
from vitrine.surfaces.market import scope
from vitrine.surfaces.market.scope import MemberRequest


@require_GET
@access.policy(access.MEMBER)
def feed(request: MemberRequest, slug: str) -> StreamingHttpResponse:
    """Send all products as a feed, read while it is sent. Queries: 3 for each 500 products."""
    counter = scope.counter(request, slug, scope.CATALOGUE)
    asked = request.GET.get("as", Format.SHOPIFY_CSV)
    if asked not in set(Format):
        raise Http404
    layout = Format(asked)
    written = exporting.write(
        counter.merchant, layout, origin=request.build_absolute_uri("/").rstrip("/")
    )
    name = f"{slug}-{timezone.localdate():%Y-%m-%d}.{layout}"
    return StreamingHttpResponse(
        written,
        content_type=exporting.CONTENT_TYPES[layout],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
