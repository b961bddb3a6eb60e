"""URLs of searching."""

from django.urls import path

from vitrine.surfaces.search import views

app_name = "search"
urlpatterns = [
    path("search", views.search, name="search"),
    path("search/suggestions", views.suggestions, name="suggestions"),
]
