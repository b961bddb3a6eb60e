"""Tokens of advertisers' accounts: a token is a shop's or an account's, one of the two."""

import django.db.models.deletion
from django.db import migrations, models

import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

ONE = """
CREATE FUNCTION ads_accounttoken_of_no_shop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM programs_token WHERE id = NEW.token_id AND merchant_id IS NOT NULL) THEN
        RAISE EXCEPTION 'the token is a shop''s' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ads_accounttoken_is_one BEFORE INSERT OR UPDATE ON ads_accounttoken
    FOR EACH ROW EXECUTE FUNCTION ads_accounttoken_of_no_shop();
"""
NONE = """
DROP TRIGGER ads_accounttoken_is_one ON ads_accounttoken;
DROP FUNCTION ads_accounttoken_of_no_shop();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("ads", "0020_lookalikes"),
        ("programs", "0005_tokens_of_no_shop"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountToken",
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
                    "advertiser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to="ads.advertiser",
                    ),
                ),
                (
                    "token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.token",
                    ),
                ),
            ],
        ),
        HomeCell("accounttoken"),
        migrations.RunSQL(ONE, NONE),
    ]
