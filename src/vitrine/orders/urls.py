"""URLs that payment providers call."""

from django.urls import path

from vitrine.orders import views
from vitrine.orders.payment import providers

app_name = "payments"
urlpatterns = [
    path(f"{name}/webhooks", views.webhook, {"provider": providers.named(name)}, name=f"{name}")
    for name in ("sandbox",)
]
