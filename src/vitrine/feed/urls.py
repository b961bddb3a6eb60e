"""URLs under /watches/."""

from django.urls import path

from vitrine.feed import views

app_name = "feed"
urlpatterns = [
    path("", views.watches, name="watches"),
    path("start-over", views.start_over, name="start-over"),
]
