"""Cases about shops: a suspension, and the appeal against it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.safety.policy

FIT = """
CREATE OR REPLACE FUNCTION safety_decision_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged safety_case; first_by bigint;
BEGIN
  SELECT * INTO judged FROM safety_case WHERE id = NEW.case_id;
  IF NEW.by_id = judged.author_id OR EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = judged.merchant_id AND person_id = NEW.by_id) THEN
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0009_standing"),
        ("safety", "0001_initial"),
        ("videos", "0013_remixes_agree"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="case",
            name="case_about_one_thing",
        ),
        migrations.RemoveConstraint(
            model_name="decision",
            name="decision_measure_known",
        ),
        migrations.AddField(
            model_name="case",
            name="merchant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="catalog.merchant",
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
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="origin",
            field=models.CharField(
                choices=[
                    ("reported", "Reported"),
                    ("held", "Held by a filter"),
                    ("matched", "Recognised"),
                    ("appealed", "Appealed"),
                    ("opened", "Opened by a moderator"),
                ],
                default="reported",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="measure",
            field=models.CharField(
                choices=[
                    ("none", "Leave it"),
                    ("warn", "Warn"),
                    ("mature", "Mark as for adults"),
                    ("remove", "Remove"),
                    ("suspend", "Remove and suspend"),
                    ("shut", "Suspend the shop"),
                    ("lift", "Lift the suspension"),
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
                        ("person", None),
                        ("product", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("kind", "comment"),
                        ("merchant", None),
                        ("person", None),
                        ("product", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "person"),
                        ("merchant", None),
                        ("product", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "product"),
                        ("merchant", None),
                        ("person", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "merchant"),
                        ("person", None),
                        ("product", None),
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
                fields=("merchant",),
                name="case_open_once_merchant",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "measure__in",
                        [
                            vitrine.safety.policy.Measure["NONE"],
                            vitrine.safety.policy.Measure["WARN"],
                            vitrine.safety.policy.Measure["MATURE"],
                            vitrine.safety.policy.Measure["REMOVE"],
                            vitrine.safety.policy.Measure["SUSPEND"],
                            vitrine.safety.policy.Measure["SHUT"],
                            vitrine.safety.policy.Measure["LIFT"],
                        ],
                    )
                ),
                name="decision_measure_known",
            ),
        ),
        migrations.RunSQL(FIT, migrations.RunSQL.noop),
    ]
