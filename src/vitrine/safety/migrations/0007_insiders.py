"""Who gains by an ad, or works in the shop that advertises, judges no case about it."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

FIT = """
CREATE OR REPLACE FUNCTION safety_decision_fit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE judged safety_case; first_by bigint;
BEGIN
  SELECT * INTO judged FROM safety_case WHERE id = NEW.case_id;
  IF NEW.by_id = judged.author_id OR EXISTS (SELECT FROM catalog_membership
      WHERE merchant_id = judged.merchant_id AND person_id = NEW.by_id)
      OR {theirs} THEN
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
OF_INSIDERS = """EXISTS (SELECT FROM ads_insiders_of(judged.advertiser_id) AS p WHERE p = NEW.by_id)
      OR EXISTS (SELECT FROM ads_insiders(judged.ad_id) AS p WHERE p = NEW.by_id)"""
OF_MEMBERS = """EXISTS (SELECT FROM ads_admember
      WHERE person_id = NEW.by_id AND advertiser_id = coalesce(judged.advertiser_id, (
          SELECT c.advertiser_id FROM ads_ad a JOIN ads_adgroup g ON g.id = a.group_id
          JOIN ads_campaign c ON c.id = g.campaign_id WHERE a.id = judged.ad_id)))"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0030_insiders"),
        ("safety", "0006_no_ad_beside"),
    ]

    operations = [
        RunSQL(FIT.format(theirs=OF_INSIDERS), FIT.format(theirs=OF_MEMBERS)),
    ]
