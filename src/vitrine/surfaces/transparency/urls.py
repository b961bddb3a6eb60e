"""What anybody may see of how this cell treats data."""

from django.urls import path

from vitrine.surfaces.transparency import views

urlpatterns = [
    path("", views.index, name="transparency"),
    path("data.json", views.document, name="transparency_document"),
    path("data", views.data_map, name="transparency_data"),
    path("views", views.counted, name="transparency_views"),
    path("ranking", views.ranking, name="transparency_ranking"),
    path("ads", views.ads, name="transparency_ads"),
    path("ads.json", views.ads_document, name="transparency_ads_document"),
    path("ads/<public_id:ad_id>", views.ad, name="transparency_ad"),
    path("ads/<public_id:ad_id>/film.mp4", views.film, name="transparency_ad_film"),
    path("ads/<public_id:ad_id>/picture.webp", views.picture, name="transparency_ad_picture"),
    path("posts", views.posts, name="transparency_posts"),
    path("posts.json", views.posts_document, name="transparency_posts_document"),
    path("posts/<public_id:post_id>", views.post, name="transparency_post"),
    path("moderation", views.moderated, name="transparency_moderation"),
    path("moderation.json", views.moderated_document, name="transparency_moderation_document"),
]
