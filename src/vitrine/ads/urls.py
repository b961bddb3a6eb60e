"""URLs under /promoted/."""

from django.urls import path

from vitrine.ads import views

app_name = "ads"
urlpatterns = [
    path("views", views.views, name="views"),
    path("clicks", views.clicks, name="clicks"),
]
