"""URLs of the studio."""

from django.urls import path

from vitrine.surfaces.studio.views import (
    analytics,
    captions,
    clips,
    comments,
    covers,
    listing,
    money,
    remixing,
    schedules,
    tags,
    uploading,
)

app_name = "studio"

urlpatterns = [
    path("", listing.listing, name="listing"),
    path("upload/", uploading.new, name="upload"),
    path("comments/", comments.waiting, name="comments"),
    path("comments/rules/", comments.rules, name="comment-rules"),
    path("comments/<public_id:comment_id>/approval/", comments.approval, name="approval"),
    path("upload/shared/", uploading.shared, name="shared"),
    path("money/", money.money, name="money"),
    path("money/account/", money.account, name="account"),
    path("money/terms/", money.terms, name="terms"),
    path("money/<str:month>/", money.statement, name="statement"),
    path("money/<str:month>/lines", money.lines, name="statement-lines"),
    path("analytics/", analytics.channel, name="analytics"),
    path("analytics.csv", analytics.channel_csv, name="analytics-csv"),
    path("clips/changes/", listing.changes, name="changes"),
    path("clips/<public_id:clip_id>/analytics/", analytics.clip, name="clip-analytics"),
    path("clips/<public_id:clip_id>/analytics.csv", analytics.clip_csv, name="clip-csv"),
    path("clips/<public_id:clip_id>/retention.csv", analytics.retention_csv, name="retention-csv"),
    path("clips/<public_id:clip_id>/", clips.clip, name="clip"),
    path("clips/<public_id:clip_id>/row/", listing.row, name="row"),
    path("clips/<public_id:clip_id>/standing/", clips.standing, name="standing"),
    path("clips/<public_id:clip_id>/publication/", clips.publication, name="publication"),
    path("clips/<public_id:clip_id>/schedule/", schedules.schedule, name="schedule"),
    path("clips/<public_id:clip_id>/cover/", covers.cover, name="cover"),
    path("clips/<public_id:clip_id>/cover/frames.webp", covers.frames, name="frames"),
    path("clips/<public_id:clip_id>/deletion/", clips.deletion, name="deletion"),
    path("clips/<public_id:clip_id>/remixing/", remixing.remixing, name="remixing"),
    path("clips/<public_id:clip_id>/remix/", remixing.remix, name="remix"),
    path("clips/<public_id:clip_id>/products/", tags.products, name="products"),
    path("clips/<public_id:clip_id>/tags/<public_id:product_id>/", tags.tag, name="tag"),
    path("clips/<public_id:clip_id>/captions/", captions.new, name="captions"),
    path("clips/<public_id:clip_id>/captions/<slug:language>/", captions.caption, name="caption"),
    path(
        "clips/<public_id:clip_id>/captions/<slug:language>.vtt",
        captions.exported,
        {"kind": "vtt"},
        name="captions-vtt",
    ),
    path(
        "clips/<public_id:clip_id>/captions/<slug:language>.srt",
        captions.exported,
        {"kind": "srt"},
        name="captions-srt",
    ),
    path("clips/<public_id:clip_id>/waveform", captions.waveform, name="waveform"),
    path("clips/<public_id:clip_id>/silence/", captions.silence, name="silence"),
    path("clips/<public_id:clip_id>/hearing/", captions.hearing, name="hearing"),
]
