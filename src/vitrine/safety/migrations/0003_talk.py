"""Reviews, questions and messages can be reported and judged, too."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_talk"),
        ("orders", "0012_talk"),
        ("safety", "0002_shops"),
        ("videos", "0013_remixes_agree"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="case",
            name="case_about_one_thing",
        ),
        migrations.AddField(
            model_name="case",
            name="message",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="orders.message",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="question",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="catalog.question",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="review",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="orders.review",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[
                    ("clip", "Clip"),
                    ("comment", "Comment"),
                    ("person", "Person"),
                    ("product", "Product"),
                    ("merchant", "Shop"),
                    ("review", "Review"),
                    ("question", "Question or answer"),
                    ("message", "Message"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("comment", None),
                        ("kind", "clip"),
                        ("merchant", None),
                        ("message", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("kind", "comment"),
                        ("merchant", None),
                        ("message", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "person"),
                        ("merchant", None),
                        ("message", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "product"),
                        ("merchant", None),
                        ("message", None),
                        ("person", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "merchant"),
                        ("message", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "review"),
                        ("merchant", None),
                        ("message", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "question"),
                        ("merchant", None),
                        ("message", None),
                        ("person", None),
                        ("product", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "message"),
                        ("merchant", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    _connector="OR",
                ),
                name="case_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("appeal", None), ("closed_at", None)),
                fields=("review",),
                name="case_open_once_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("appeal", None), ("closed_at", None)),
                fields=("question",),
                name="case_open_once_question",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("appeal", None), ("closed_at", None)),
                fields=("message",),
                name="case_open_once_message",
            ),
        ),
    ]
