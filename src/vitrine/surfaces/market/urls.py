"""URLs of the seller's pages."""

from django.urls import path

from vitrine.surfaces.market.views import (
    application,
    bulk,
    collections,
    commissions,
    counter,
    delivery,
    exports,
    health,
    home,
    hours,
    imports,
    money,
    orders,
    people,
    pictures,
    products,
    programs,
    promotions,
    settings,
    stock,
    stocktakes,
    talk,
    transfers,
    video,
)

app_name = "market"

urlpatterns = [
    path("", home.shops, name="shops"),
    path("open/", home.opened, name="open"),
    path("invitations/<str:key>/", people.offered, name="offered"),
    path("<slug:slug>/", home.home, name="home"),
    path("<slug:slug>/orders/", orders.listing, name="orders"),
    path("<slug:slug>/orders/<public_id:order_id>/", orders.order, name="order"),
    path("<slug:slug>/orders/<public_id:order_id>/dispatch/", orders.dispatch, name="dispatch"),
    path("<slug:slug>/orders/<public_id:order_id>/readiness/", orders.readiness, name="readiness"),
    path(
        "<slug:slug>/orders/<public_id:order_id>/collection/", orders.collection, name="collection"
    ),
    path(
        "<slug:slug>/orders/<public_id:order_id>/cancellation/",
        orders.cancellation,
        name="cancellation",
    ),
    path("<slug:slug>/orders/<public_id:order_id>/refund/", orders.refund, name="refund"),
    path("<slug:slug>/orders/<public_id:order_id>/messages/", talk.thread, name="messages"),
    path("<slug:slug>/talk/", talk.talk, name="talk"),
    path("<slug:slug>/talk/<public_id:review_id>/answer/", talk.reply, name="reply"),
    path("<slug:slug>/products/", products.listing, name="products"),
    path("<slug:slug>/collections/", collections.listing, name="collections"),
    path("<slug:slug>/collections/<public_id:goods_id>/", collections.goods, name="goods"),
    path("<slug:slug>/products/change/", bulk.change, name="change"),
    path("<slug:slug>/products/feed/", exports.feed, name="feed"),
    path("<slug:slug>/products/new/", products.new, name="new_product"),
    path("<slug:slug>/products/<public_id:product_id>/", products.product, name="product"),
    path(
        "<slug:slug>/products/<public_id:product_id>/publication/",
        products.publication,
        name="publication",
    ),
    path("<slug:slug>/products/<public_id:product_id>/pictures/", pictures.added, name="pictures"),
    path(
        "<slug:slug>/products/<public_id:product_id>/pictures/<public_id:picture_id>/",
        pictures.picture,
        name="picture",
    ),
    path("<slug:slug>/products/<public_id:product_id>/video/", video.video, name="video"),
    path("<slug:slug>/counter/", counter.desk, name="counter"),
    path("<slug:slug>/counter/ready/", counter.ready, name="ready"),
    path("<slug:slug>/counter/handovers/", counter.handovers, name="handovers"),
    path(
        "<slug:slug>/counter/handovers/<public_id:handover_id>/settlement/",
        counter.settlement,
        name="settlement",
    ),
    path("<slug:slug>/stock/", stock.shelves, name="stock"),
    path("<slug:slug>/stock/few/", stock.few, name="few"),
    path(
        "<slug:slug>/stock/counts/<public_id:location_id>/", stocktakes.stocktake, name="stocktake"
    ),
    path(
        "<slug:slug>/stock/counts/<public_id:location_id>/lines/",
        stocktakes.lines,
        name="stocktake_lines",
    ),
    path(
        "<slug:slug>/stock/counts/<public_id:location_id>/application/",
        stocktakes.application,
        name="stocktake_application",
    ),
    path("<slug:slug>/stock/transfers/", transfers.listing, name="transfers"),
    path(
        "<slug:slug>/stock/transfers/<public_id:transfer_id>/", transfers.transfer, name="transfer"
    ),
    path(
        "<slug:slug>/stock/transfers/<public_id:transfer_id>/lines/",
        transfers.lines,
        name="transfer_lines",
    ),
    path(
        "<slug:slug>/stock/transfers/<public_id:transfer_id>/dispatch/",
        transfers.dispatch,
        name="transfer_dispatch",
    ),
    path(
        "<slug:slug>/stock/transfers/<public_id:transfer_id>/reception/",
        transfers.reception,
        name="transfer_reception",
    ),
    path(
        "<slug:slug>/stock/transfers/<public_id:transfer_id>/cancellation/",
        transfers.cancellation,
        name="transfer_cancellation",
    ),
    path("<slug:slug>/imports/", imports.listing, name="imports"),
    path("<slug:slug>/imports/<public_id:report_id>/", imports.report, name="import"),
    path("<slug:slug>/application/", application.application, name="application"),
    path("<slug:slug>/application/papers/", application.documents, name="papers"),
    path(
        "<slug:slug>/application/papers/<public_id:document_id>/",
        application.document,
        name="paper",
    ),
    path("<slug:slug>/programs/", programs.programs, name="programs"),
    path("<slug:slug>/programs/tokens/", programs.tokens, name="tokens"),
    path(
        "<slug:slug>/programs/tokens/<public_id:token_id>/revocation/",
        programs.revocation,
        name="revocation",
    ),
    path("<slug:slug>/programs/endpoints/", programs.endpoints, name="endpoints"),
    path(
        "<slug:slug>/programs/endpoints/<public_id:endpoint_id>/",
        programs.endpoint,
        name="endpoint",
    ),
    path(
        "<slug:slug>/programs/endpoints/<public_id:endpoint_id>/secret/",
        programs.secret,
        name="secret",
    ),
    path(
        "<slug:slug>/programs/endpoints/<public_id:endpoint_id>/revival/",
        programs.revival,
        name="revival",
    ),
    path(
        "<slug:slug>/programs/endpoints/<public_id:endpoint_id>/removal/",
        programs.removal,
        name="removal",
    ),
    path(
        "<slug:slug>/programs/deliveries/<public_id:delivery_id>/replay/",
        programs.replay,
        name="replay",
    ),
    path("<slug:slug>/promotions/", promotions.listing, name="promotions"),
    path(
        "<slug:slug>/promotions/<public_id:promotion_id>/end/",
        promotions.end,
        name="promotion_end",
    ),
    path("<slug:slug>/commissions/", commissions.listing, name="commissions"),
    path("<slug:slug>/commissions/<public_id:deal_id>/", commissions.deal, name="commission"),
    path(
        "<slug:slug>/commissions/samples/<public_id:sample_id>/answer/",
        commissions.answer,
        name="sample_answer",
    ),
    path(
        "<slug:slug>/commissions/samples/<public_id:sample_id>/parcel/",
        commissions.parcel,
        name="sample_parcel",
    ),
    path("<slug:slug>/settings/", settings.shop, name="settings"),
    path("<slug:slug>/settings/places/new/", settings.new_location, name="new_location"),
    path(
        "<slug:slug>/settings/places/<public_id:location_id>/", settings.location, name="location"
    ),
    path("<slug:slug>/settings/places/<public_id:location_id>/hours/", hours.hours, name="hours"),
    path(
        "<slug:slug>/settings/places/<public_id:location_id>/closure/",
        settings.closure,
        name="closure",
    ),
    path("<slug:slug>/settings/delivery/", delivery.new, name="delivery"),
    path(
        "<slug:slug>/settings/delivery/<public_id:option_id>/",
        delivery.option,
        name="delivery_option",
    ),
    path(
        "<slug:slug>/settings/delivery/<public_id:option_id>/end/",
        delivery.end,
        name="delivery_end",
    ),
    path("<slug:slug>/money/", money.money, name="money"),
    path("<slug:slug>/money/account/", money.account, name="account"),
    path("<slug:slug>/money/terms/", money.terms, name="terms"),
    path("<slug:slug>/money/<str:month>/", money.statement, name="statement"),
    path("<slug:slug>/money/<str:month>/lines", money.lines, name="statement_lines"),
    path("<slug:slug>/health/", health.scores, name="health"),
    path("<slug:slug>/people/", people.listing, name="people"),
    path("<slug:slug>/people/member/", people.member, name="member"),
    path("<slug:slug>/people/<public_id:invitation_id>/", people.invitation, name="invitation"),
]
