"""Cases about advertisers: a suspension, and the appeal against it."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.safety.policy

FIT = """
CREATE OR REPLACE FUNCTION safety_decision_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged safety_case; first_by bigint;
BEGIN
  SELECT * INTO judged FROM safety_case WHERE id = NEW.case_id;
  IF NEW.by_id = judged.author_id OR EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = judged.merchant_id AND person_id = NEW.by_id) {or_theirs}THEN
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
PAYERS = """OR EXISTS (SELECT FROM ads_admember
      WHERE advertiser_id = judged.advertiser_id AND person_id = NEW.by_id) """


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0008_suspended"),
        ("safety", "0003_talk"),
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
            name="advertiser",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="ads.advertiser",
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
                    ("advertiser", "Advertiser"),
                ],
                max_length=10,
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
                    ("bar", "Suspend the advertiser"),
                    ("allow", "Let it advertise again"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
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
                        ("advertiser", None),
                        ("clip", None),
                        ("comment", None),
                        ("kind", "message"),
                        ("merchant", None),
                        ("person", None),
                        ("product", None),
                        ("question", None),
                        ("review", None),
                    ),
                    models.Q(
                        ("clip", None),
                        ("comment", None),
                        ("kind", "advertiser"),
                        ("merchant", None),
                        ("message", None),
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
                fields=("advertiser",),
                name="case_open_once_advertiser",
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
                            vitrine.safety.policy.Measure["BAR"],
                            vitrine.safety.policy.Measure["ALLOW"],
                        ],
                    )
                ),
                name="decision_measure_known",
            ),
        ),
        migrations.RunSQL(FIT.format(or_theirs=PAYERS), FIT.format(or_theirs="")),
    ]
