import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell


class Migration(migrations.Migration):
    dependencies = [
        ("videos", "0009_saves"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BannedPrint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pictures", models.BinaryField(default=bytes)),
                ("motions", models.BinaryField(default=bytes)),
                ("sound", models.BinaryField(default=bytes)),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("reason", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Fingerprint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pictures", models.BinaryField(default=bytes)),
                ("motions", models.BinaryField(default=bytes)),
                ("sound", models.BinaryField(default=bytes)),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Takedown",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("decided", "A moderator decided so"),
                            ("matched", "It is like something that is banned here"),
                            ("held", "It waits for a moderator"),
                        ],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["decided", "matched", "held"])),
                        name="takedown_cause_known",
                    ),
                ]
            },
        ),
        migrations.AddField(
            model_name="clip",
            name="is_mature",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="clip",
            name="mature_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="comment",
            name="echo",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="comment",
            name="withheld_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("echo__isnull", False)),
                fields=["echo", "at"],
                name="comment_echo",
            ),
        ),
        migrations.AddField(
            model_name="bannedprint",
            name="clip",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="videos.clip",
            ),
        ),
        migrations.AddField(
            model_name="fingerprint",
            name="clip",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fingerprint",
                to="videos.clip",
            ),
        ),
        migrations.AddField(
            model_name="takedown",
            name="clip",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="takedown",
                to="videos.clip",
            ),
        ),
        migrations.AddConstraint(
            model_name="bannedprint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("clip",), name="banned_print_once"
            ),
        ),
        HomeCell("takedown"),
        HomeCell("fingerprint"),
        HomeCell("bannedprint"),
    ]
