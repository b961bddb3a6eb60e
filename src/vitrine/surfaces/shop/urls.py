"""URLs of buying."""

from django.urls import path

from vitrine.surfaces.shop.views import (
    bag,
    bills,
    browse,
    checkout,
    drops,
    kept,
    messages,
    product,
    purchase,
    questions,
    returns,
    reviews,
    wishes,
)

app_name = "shop"
urlpatterns = [
    path("shop", browse.browse, name="browse"),
    path("p/<public_id:product_id>-<slug:slug>", product.product, name="product"),
    path("p/<public_id:product_id>/reviews", reviews.reviews, name="reviews"),
    path("p/<public_id:product_id>/review", reviews.own_review, name="own-review"),
    path("p/<public_id:product_id>/questions", questions.questions, name="questions"),
    path("p/<public_id:product_id>/question", questions.question, name="question"),
    path("p/<public_id:product_id>/wish", wishes.wish, name="wish"),
    path("reviews/<public_id:review_id>/helpful", reviews.helpful, name="helpful"),
    path("reviewed/<public_id:picture_id>/<int:width>.webp", reviews.picture, name="reviewed"),
    path("questions/<public_id:question_id>", questions.own, name="own-question"),
    path("questions/<public_id:question_id>/answer", questions.answer, name="answer"),
    path("alerts/<public_id:variant_id>", wishes.alert, name="alert"),
    path("cart", bag.bag, name="bag"),
    path("cart/lines", bag.lines, name="bag-lines"),
    path("cart/lines/<public_id:variant_id>", bag.line, name="bag-line"),
    path("checkout", checkout.checkout, name="checkout"),
    path("drops/<public_id:drop_id>", drops.drop, name="drop"),
    path("drops/<public_id:drop_id>/standing", drops.standing, name="drop-standing"),
    path("drops/<public_id:drop_id>/place", drops.place, name="drop-place"),
    path("orders", purchase.purchases, name="purchases"),
    path("orders/kept", kept.kept, name="kept"),
    path("orders/kept/address", kept.address, name="address"),
    path("o/<public_id:group_id>", purchase.purchase, name="purchase"),
    path("o/<public_id:group_id>/bills/<public_id:bill_id>", bills.bill, name="bill"),
    path("o/<public_id:group_id>/outcome", purchase.outcome, name="outcome"),
    path("o/<public_id:group_id>/<public_id:order_id>/messages", messages.thread, name="messages"),
    path(
        "o/<public_id:group_id>/<public_id:order_id>/cancellation",
        purchase.cancellation,
        name="cancellation",
    ),
    path("o/<public_id:group_id>/<public_id:order_id>/returns", returns.returns, name="returns"),
    path(
        "o/<public_id:group_id>/<public_id:order_id>/withdrawal",
        returns.withdrawal,
        name="withdrawal",
    ),
]
