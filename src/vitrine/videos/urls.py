"""URLs of uploads."""

from django.urls import path

from vitrine.videos.views import uploads

app_name = "videos"
urlpatterns = [
    path("", uploads.uploads, name="uploads"),
    path("<public_id:upload_id>", uploads.upload, name="upload"),
]
