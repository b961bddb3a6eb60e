"""Cases about ads: one is hidden, or its advertiser is suspended."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.safety.policy

FIT = """
CREATE OR REPLACE FUNCTION safety_decision_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged safety_case; first_by bigint;
BEGIN
  SELECT * INTO judged FROM safety_case WHERE id = NEW.case_id;
  IF NEW.by_id = judged.author_id OR EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = judged.merchant_id AND person_id = NEW.by_id)
      OR EXISTS (SELECT FROM ads_admember
      WHERE person_id = NEW.by_id AND advertiser_id = {payer}) THEN
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
OF_AD = """coalesce(judged.advertiser_id, (
          SELECT c.advertiser_id FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
          JOIN ads_campaign c ON c.id = g.campaign_id WHERE a.id = judged.ad_id))"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0009_withheld"),
        ("safety", "0004_advertisers"),
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
            name="ad",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="ads.ad",
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
                    ("ad", "Ad"),
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
                    ("hide", "Hide the ad"),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                        ("ad", None),
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
                    models.Q(
                        ("advertiser", None),
                        ("clip", None),
                        ("comment", None),
                        ("kind", "ad"),
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
                fields=("ad",),
                name="case_open_once_ad",
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
                            vitrine.safety.policy.Measure["HIDE"],
                            vitrine.safety.policy.Measure["BAR"],
                            vitrine.safety.policy.Measure["ALLOW"],
                        ],
                    )
                ),
                name="decision_measure_known",
            ),
        ),
        migrations.RunSQL(FIT.format(payer=OF_AD), FIT.format(payer="judged.advertiser_id")),
    ]
