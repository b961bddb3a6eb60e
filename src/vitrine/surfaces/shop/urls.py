"""URLs of buying."""

from django.urls import path

from vitrine.surfaces.shop.views import bag, checkout, kept, product, purchase

app_name = "shop"
urlpatterns = [
    path("p/<public_id:product_id>-<slug:slug>", product.product, name="product"),
    path("cart", bag.bag, name="bag"),
    path("cart/lines", bag.lines, name="bag-lines"),
    path("cart/lines/<public_id:variant_id>", bag.line, name="bag-line"),
    path("checkout", checkout.checkout, name="checkout"),
    path("orders", purchase.purchases, name="purchases"),
    path("orders/kept", kept.kept, name="kept"),
    path("orders/kept/address", kept.address, name="address"),
    path("o/<public_id:group_id>", purchase.purchase, name="purchase"),
    path("o/<public_id:group_id>/outcome", purchase.outcome, name="outcome"),
    path(
        "o/<public_id:group_id>/<public_id:order_id>/cancellation",
        purchase.cancellation,
        name="cancellation",
    ),
]
