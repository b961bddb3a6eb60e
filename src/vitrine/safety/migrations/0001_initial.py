import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.safety.policy
import vitrine.sovereignty.cell
from vitrine.sovereignty import immutable
from vitrine.sovereignty.cell import HomeCell

FIT = """
CREATE FUNCTION safety_decision_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged safety_case; first_by bigint;
BEGIN
  SELECT * INTO judged FROM safety_case WHERE id = NEW.case_id;
  IF NEW.by_id = judged.author_id THEN
    RAISE EXCEPTION 'nobody judges their own' USING ERRCODE = 'restrict_violation';
  END IF;
  IF judged.appeal_id IS NOT NULL THEN
    SELECT first.by_id INTO first_by FROM safety_appeal appeal
    JOIN safety_decision first ON first.id = appeal.decision_id WHERE appeal.id = judged.appeal_id;
    IF NEW.by_id IS NULL OR NEW.by_id = first_by THEN
      RAISE EXCEPTION 'an appeal is for another moderator' USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER safety_decision_fit BEFORE INSERT ON safety_decision
FOR EACH ROW EXECUTE FUNCTION safety_decision_fit();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalog", "0005_barred"),
        ("videos", "0010_takedowns"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("text", models.CharField(max_length=2000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clip", "Clip"),
                            ("comment", "Comment"),
                            ("person", "Person"),
                            ("product", "Product"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("minor", "A child is at risk"),
                            ("violence", "Violence or threats"),
                            ("self_harm", "Suicide or self-harm"),
                            ("hate", "Hate"),
                            ("harassment", "Bullying, or private facts of somebody"),
                            ("illegal", "Illegal or dangerous goods"),
                            ("deceit", "Scam, or somebody else's name"),
                            ("adult", "Nudity or sex"),
                            ("copied", "Somebody else's work"),
                            ("spam", "Spam"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("harm", models.PositiveSmallIntegerField()),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("reported", "Reported"),
                            ("held", "Held by a filter"),
                            ("matched", "Recognised"),
                            ("appealed", "Appealed"),
                        ],
                        default="reported",
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                (
                    "appeal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_look",
                        to="safety.appeal",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "clip",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="videos.clip",
                    ),
                ),
                (
                    "comment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="videos.comment",
                    ),
                ),
                (
                    "lease_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)),
                        fields=["-harm", "opened_at"],
                        name="case_queue",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("harm__gte", 1), ("harm__lte", 5)),
                        name="case_harm_from_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("comment", None),
                                ("kind", "clip"),
                                ("person", None),
                                ("product", None),
                            ),
                            models.Q(
                                ("clip", None),
                                ("kind", "comment"),
                                ("person", None),
                                ("product", None),
                            ),
                            models.Q(
                                ("clip", None),
                                ("comment", None),
                                ("kind", "person"),
                                ("product", None),
                            ),
                            models.Q(
                                ("clip", None),
                                ("comment", None),
                                ("kind", "product"),
                                ("person", None),
                            ),
                            _connector="OR",
                        ),
                        name="case_about_one_thing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("appeal", None), ("closed_at", None)),
                        fields=("clip",),
                        name="case_open_once_clip",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("appeal", None), ("closed_at", None)),
                        fields=("comment",),
                        name="case_open_once_comment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("appeal", None), ("closed_at", None)),
                        fields=("person", "origin"),
                        name="case_open_once_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("appeal", None), ("closed_at", None)),
                        fields=("product",),
                        name="case_open_once_product",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("none", "Leave it"),
                            ("warn", "Warn"),
                            ("mature", "Mark as for adults"),
                            ("remove", "Remove"),
                            ("suspend", "Remove and suspend"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("minor", "A child is at risk"),
                            ("violence", "Violence or threats"),
                            ("self_harm", "Suicide or self-harm"),
                            ("hate", "Hate"),
                            ("harassment", "Bullying, or private facts of somebody"),
                            ("illegal", "Illegal or dangerous goods"),
                            ("deceit", "Scam, or somebody else's name"),
                            ("adult", "Nudity or sex"),
                            ("copied", "Somebody else's work"),
                            ("spam", "Spam"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=1000)),
                ("thing", models.CharField(max_length=200)),
                ("excerpt", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decision",
                        to="safety.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-at"], name="safety_deci_at_525349_idx"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "measure__in",
                                [
                                    vitrine.safety.policy.Measure["NONE"],
                                    vitrine.safety.policy.Measure["WARN"],
                                    vitrine.safety.policy.Measure["MATURE"],
                                    vitrine.safety.policy.Measure["REMOVE"],
                                    vitrine.safety.policy.Measure["SUSPEND"],
                                ],
                            )
                        ),
                        name="decision_measure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "minor",
                                    "violence",
                                    "self_harm",
                                    "hate",
                                    "harassment",
                                    "illegal",
                                    "deceit",
                                    "adult",
                                    "copied",
                                    "spam",
                                    "other",
                                ],
                            )
                        ),
                        name="decision_reason_known",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appeal",
                to="safety.decision",
            ),
        ),
        migrations.CreateModel(
            name="ListedWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("word", models.CharField(max_length=60)),
                (
                    "effect",
                    models.CharField(
                        choices=[("hold", "Wait for a moderator"), ("refuse", "Be refused")],
                        max_length=6,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)),
                        fields=("word",),
                        name="listed_word_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("effect__in", ["hold", "refuse"])),
                        name="listed_word_effect_known",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    vitrine.kernel.ids.PublicIdField(
                        db_collation="C",
                        default=vitrine.kernel.ids.new,
                        editable=False,
                        max_length=29,
                        unique=True,
                    ),
                ),
                (
                    "home_cell",
                    vitrine.sovereignty.cell.HomeCellField(
                        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
                    ),
                ),
                ("visitor", models.CharField(blank=True, max_length=40)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("minor", "A child is at risk"),
                            ("violence", "Violence or threats"),
                            ("self_harm", "Suicide or self-harm"),
                            ("hate", "Hate"),
                            ("harassment", "Bullying, or private facts of somebody"),
                            ("illegal", "Illegal or dangerous goods"),
                            ("deceit", "Scam, or somebody else's name"),
                            ("adult", "Nudity or sex"),
                            ("copied", "Somebody else's work"),
                            ("spam", "Spam"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="safety.case",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["by", "-at"], name="safety_repo_by_id_f1eff1_idx"),
                    models.Index(fields=["at"], name="safety_repo_at_16fe2d_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("by__isnull", False)),
                        fields=("case", "by"),
                        name="report_once_a_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("visitor", ""), _negated=True),
                        fields=("case", "visitor"),
                        name="report_once_a_visitor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "minor",
                                    "violence",
                                    "self_harm",
                                    "hate",
                                    "harassment",
                                    "illegal",
                                    "deceit",
                                    "adult",
                                    "copied",
                                    "spam",
                                    "other",
                                ],
                            )
                        ),
                        name="report_reason_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Strike",
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
                ("weight", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strike",
                        to="safety.decision",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["person", "expires_at"], name="safety_stri_person__879e00_idx"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("at"))),
                        name="strike_expires",
                    ),
                ],
            },
        ),
        HomeCell("case"),
        HomeCell("report"),
        HomeCell("decision"),
        HomeCell("appeal"),
        HomeCell("strike"),
        HomeCell("listedword"),
        immutable.append_only("safety_decision"),
        immutable.never_emptied("safety_decision"),
        immutable.append_only("safety_appeal"),
        migrations.RunSQL(FIT, reverse_sql="DROP FUNCTION safety_decision_fit CASCADE"),
    ]
