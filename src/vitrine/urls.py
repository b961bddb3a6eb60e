"""Every URL of a cell. A prefix names the package that answers it."""

from django.urls import include, path, register_converter

from vitrine.kernel.ids import PublicIdConverter

register_converter(PublicIdConverter, "public_id")

urlpatterns = [
    path("", include("vitrine.surfaces.watch.urls")),
    path("", include("vitrine.surfaces.you.urls")),
    path("", include("vitrine.surfaces.search.urls")),
    path("", include("vitrine.surfaces.shop.urls")),
    path("studio/", include("vitrine.surfaces.studio.urls")),
    path("market/", include("vitrine.surfaces.market.urls")),
    path("", include("vitrine.surfaces.market.public_urls")),
    path("promote/", include("vitrine.surfaces.promote.urls")),
    path("desk/", include("vitrine.surfaces.desk.urls")),
    path("", include("vitrine.surfaces.desk.public_urls")),
    path("transparency/", include("vitrine.surfaces.transparency.urls")),
    path("account/", include("vitrine.surfaces.account.urls")),
    path("uploads/", include("vitrine.videos.urls")),
    path("m/", include("vitrine.videos.media_urls")),
    path("watches/", include("vitrine.feed.urls")),
    path("promoted/", include("vitrine.ads.urls")),
    path("api/v1/", include("vitrine.surfaces.api.urls")),
    path("payments/", include("vitrine.orders.urls")),
]

handler400 = "vitrine.kernel.errors.bad_request"
handler403 = "vitrine.kernel.errors.permission_denied"
handler404 = "vitrine.kernel.errors.not_found"
handler500 = "vitrine.kernel.errors.server_error"
