"""URLs that payment providers call, and the test bank's own page."""

from django.urls import path

from vitrine.orders import views

app_name = "payments"
urlpatterns = [
    path("sandbox/webhooks", views.webhook, {"provider": "sandbox"}, name="webhooks"),
    path("stripe/webhooks", views.webhook, {"provider": "stripe"}, name="stripe-webhooks"),
    path("easypost/webhooks", views.tracking, name="easypost-webhooks"),
    path("sandbox/challenge/<str:reference>", views.challenge, name="challenge"),
]
