"""URLs of bytes."""

from django.urls import path

from vitrine.videos.views import media

app_name = "media"
urlpatterns = [
    path("renditions/<path:rest>", media.rendition, name="rendition"),
    path("originals/<public_id:clip_id>", media.original, name="original"),
    path("captions/<public_id:clip_id>/<str:language>.vtt", media.captions, name="captions"),
]
