"""URLs of the moderators' desk."""

from django.urls import path

from vitrine.surfaces.desk.views import (
    accounts,
    ads,
    applications,
    cards,
    cases,
    demand,
    experiments,
    invalid,
    payouts,
    promotions,
    reconciliation,
    timers,
    words,
)

app_name = "desk"
urlpatterns = [
    path("", cases.queue, name="queue"),
    path("cases/<public_id:case_id>/", cases.case, name="case"),
    path("cases/<public_id:case_id>/decision", cases.decision, name="decision"),
    path("cases/<public_id:case_id>/film", cases.film, name="film"),
    path("cases/<public_id:case_id>/poster", cases.poster, name="poster"),
    path("ads/", ads.queue, name="ads"),
    path("ads/invalid/", invalid.listing, name="invalid"),
    path("ads/demand/", demand.listing, name="demand"),
    path("ads/demand/<public_id:advertiser_id>/standing", demand.standing, name="demand_standing"),
    path("ads/<public_id:ad_id>/", ads.ad, name="ad"),
    path("ads/<public_id:ad_id>/verdict", ads.verdict, name="ad-verdict"),
    path("applications/", applications.queue, name="applications"),
    path("applications/<public_id:application_id>/", applications.application, name="application"),
    path("applications/<public_id:application_id>/verdict", applications.verdict, name="verdict"),
    path(
        "applications/<public_id:application_id>/papers/<public_id:document_id>",
        applications.paper,
        name="paper",
    ),
    path("shops/", accounts.shops, name="shops"),
    path("shops/<slug:slug>/", accounts.shop, name="shop"),
    path("advertisers/", accounts.advertisers, name="advertisers"),
    path("advertisers/<public_id:advertiser_id>/", accounts.advertiser, name="advertiser"),
    path("cards/", cards.listing, name="cards"),
    path("cards/credit", cards.credit, name="credit"),
    path("cards/<public_id:card_id>/stop", cards.stop, name="card_stop"),
    path("experiments/", experiments.listing, name="experiments"),
    path("experiments/<public_id:experiment_id>/", experiments.experiment, name="experiment"),
    path("experiments/<public_id:experiment_id>/end/", experiments.end, name="experiment_end"),
    path("payouts/", payouts.listing, name="payouts"),
    path("payouts/returns/", payouts.returns, name="returns"),
    path("payouts/<public_id:file_id>/", payouts.batch, name="batch"),
    path("payouts/<public_id:file_id>/text", payouts.text, name="batch_text"),
    path("payouts/<public_id:file_id>/<public_id:payout_id>/", payouts.bounce, name="bounce"),
    path("promotions/", promotions.listing, name="promotions"),
    path("promotions/<public_id:promotion_id>/", promotions.promotion, name="promotion"),
    path("promotions/<public_id:promotion_id>/end/", promotions.end, name="promotion_end"),
    path("reconciliation/", reconciliation.listing, name="reconciliation"),
    path("reconciliation/test-bank", reconciliation.test_bank, name="test_bank"),
    path(
        "reconciliation/refunds/<public_id:stranded_id>/",
        reconciliation.stranded,
        name="stranded",
    ),
    path("reconciliation/<public_id:report_id>/", reconciliation.report, name="report"),
    path(
        "reconciliation/<public_id:report_id>/<int:row>/", reconciliation.line, name="report_line"
    ),
    path("timers/", timers.timers, name="timers"),
    path("words/", words.listed, name="words"),
    path("words/<public_id:word_id>/", words.word, name="word"),
]
