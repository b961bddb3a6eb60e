"""URLs of shops as anybody sees them, and of product pictures."""

from django.urls import path

from vitrine.surfaces.market.views import pictures, storefront

urlpatterns = [
    path("shop/<slug:slug>", storefront.shop, name="storefront"),
    path("shop/<slug:slug>/<public_id:goods_id>", storefront.goods, name="goods"),
    path("pictures/<public_id:picture_id>/<int:width>.webp", pictures.file, name="picture_file"),
]
