"""Show a viewer an ad no more."""

from datetime import datetime

from vitrine.ads.models import Ad, HiddenAd


def hide(ad: Ad, *, viewer: str, at: datetime) -> None:
    """Never show an ad to a viewer again; hiding it twice is no error. Queries: 1."""
    HiddenAd.objects.bulk_create([HiddenAd(viewer=viewer, ad=ad, at=at)], ignore_conflicts=True)


def unhide(ad: Ad, *, viewer: str) -> None:
    """Treat an ad as any other again. Queries: 1."""
    HiddenAd.objects.filter(viewer=viewer, ad=ad).delete()
