"""URLs of those who report, and of those who are judged."""

from django.urls import path

from vitrine.surfaces.desk.views import reports, statements

urlpatterns = [
    path("rules", reports.rules, name="rules"),
    path("reports/", reports.own, name="reports"),
    path("report/clip/<public_id:clip_id>", reports.clip, name="report_clip"),
    path("report/comment/<public_id:comment_id>", reports.comment, name="report_comment"),
    path("report/person/<str:handle>", reports.person, name="report_person"),
    path("report/product/<public_id:product_id>", reports.product, name="report_product"),
    path("report/shop/<slug:slug>", reports.shop, name="report_shop"),
    path("report/review/<public_id:review_id>", reports.review, name="report_review"),
    path("report/question/<public_id:question_id>", reports.question, name="report_question"),
    path("report/message/<public_id:message_id>", reports.message, name="report_message"),
    path("report/ad/<public_id:ad_id>", reports.ad, name="report_ad"),
    path("statements/", statements.own, name="statements"),
    path("statements/<public_id:decision_id>", statements.statement, name="statement"),
    path("statements/<public_id:decision_id>/appeal", statements.appeal, name="appeal"),
]
