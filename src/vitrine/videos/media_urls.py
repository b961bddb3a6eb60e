"""URLs of bytes."""

from django.urls import path, re_path

from vitrine.videos.views import media

app_name = "media"
urlpatterns = [
    # A dot stands before the ending only: no path can climb.
    re_path(
        r"^renditions/(?P<rest>(?:[A-Za-z0-9_-]+/)+[a-z0-9]+\.(?:mp4|webp))\Z",
        media.rendition,
        name="rendition",
    ),
    path("covers/<public_id:clip_id>/<slug:name>.webp", media.cover, name="cover"),
    re_path(r"^sounds/(?P<rest>(?:[A-Za-z0-9_-]+/)+[a-z0-9]+\.m4a)\Z", media.sound, name="sound"),
    path("originals/<public_id:clip_id>", media.original, name="original"),
    path("captions/<public_id:clip_id>/<str:language>.vtt", media.captions, name="captions"),
]
