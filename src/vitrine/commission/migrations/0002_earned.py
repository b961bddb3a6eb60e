"""What was earned, each step of its money, and the guards of both."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_deleted, never_emptied

REASON = """
CREATE FUNCTION commission_transfer_has_its_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step record;
    moved record;
BEGIN
    SELECT s.pending_minor, s.available_minor, p.public_id AS creator, o.public_id AS the_order
    INTO step
    FROM commission_commissionstep s
    JOIN commission_commission c ON c.id = s.commission_id
    JOIN accounts_person p ON p.id = c.creator_id
    JOIN orders_orderline l ON l.id = c.line_id JOIN orders_order o ON o.id = l.order_id
    WHERE s.key = NEW.key;
    IF NOT FOUND OR NEW.reason_id <> step.the_order THEN
        RAISE EXCEPTION 'transfer % has no reason', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(s.amount_minor)
            FILTER (WHERE a.code = 'creator:' || step.creator || ':pending'), 0) AS pending,
        coalesce(sum(s.amount_minor)
            FILTER (WHERE a.code = 'creator:' || step.creator || ':available'), 0) AS available
    INTO moved
    FROM ledger_posting s JOIN ledger_account a ON a.id = s.account_id
    WHERE s.transfer_id = NEW.id;
    IF (moved.pending, moved.available) <> (step.pending_minor, step.available_minor) THEN
        RAISE EXCEPTION 'transfer % is not of the amounts of its step', NEW.key
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reason_kind NOT IN ('release', 'reserve', 'payout', 'clawback', 'commission'))
    EXECUTE FUNCTION orders_transfer_has_its_reason();
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_step AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reason_kind = 'commission')
    EXECUTE FUNCTION commission_transfer_has_its_step();
"""
NO_REASON = """
DROP TRIGGER ledger_transfer_has_its_step ON ledger_transfer;
DROP FUNCTION commission_transfer_has_its_step();
DROP TRIGGER ledger_transfer_has_its_reason ON ledger_transfer;
CREATE CONSTRAINT TRIGGER ledger_transfer_has_its_reason AFTER INSERT ON ledger_transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.reason_kind NOT IN ('release', 'reserve', 'payout', 'clawback'))
    EXECUTE FUNCTION orders_transfer_has_its_reason();
"""
POSTED = """
CREATE FUNCTION commission_step_is_posted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM ledger_transfer WHERE key = NEW.key AND reason_kind = 'commission')
    THEN
        RAISE EXCEPTION 'step % was not posted', NEW.key USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER commission_commissionstep_posted AFTER INSERT ON commission_commissionstep
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commission_step_is_posted();
"""
UNPOSTED = """
DROP TRIGGER commission_commissionstep_posted ON commission_commissionstep;
DROP FUNCTION commission_step_is_posted();
"""
KINDS = [("sold", "Sold"), ("given_back", "Given Back"), ("released", "Released")]


def _row() -> list[tuple[str, Any]]:
    key: Any = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    home = vitrine.sovereignty.cell.HomeCellField(
        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
    )
    return [("id", key), ("home_cell", home)]


def _to(model: str, related_name: str = "+", kind: Any = models.ForeignKey) -> Any:
    return kind(on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model)


class Migration(migrations.Migration):
    dependencies = [
        ("commission", "0001_initial"),
        ("ledger", "0004_chain"),
        ("orders", "0017_met"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                *_row(),
                ("order", _to("orders.order", kind=models.OneToOneField)),
                ("taken_minor", models.BigIntegerField(default=0)),
                ("given_back_minor", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Commission",
            fields=[
                *_row(),
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
                ("line", _to("orders.orderline", "commission", models.OneToOneField)),
                ("creator", _to(settings.AUTH_USER_MODEL)),
                ("clip", _to("videos.clip")),
                ("link", _to("commission.link", "commissions")),
                ("currency", models.CharField(max_length=3)),
                ("paid_minor", models.BigIntegerField()),
                ("rate_bp", models.PositiveSmallIntegerField()),
                ("rate_from_at", models.DateTimeField()),
                ("amount_minor", models.BigIntegerField()),
                ("placed_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(
                            paid_minor__gt=0,
                            rate_bp__gt=0,
                            amount_minor__gte=0,
                            amount_minor__lte=F("paid_minor"),
                            rate_from_at__lte=F("placed_at"),
                        ),
                        name="commission_sane",
                    ),
                    models.CheckConstraint(
                        condition=Q(released_at=None) | Q(due_at__isnull=False),
                        name="commission_released_once_due",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["creator", "-placed_at"], name="commission_newest_of"),
                    models.Index(
                        condition=Q(released_at=None), fields=["due_at"], name="commission_waiting"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CommissionStep",
            fields=[
                *_row(),
                ("commission", _to("commission.commission", "steps")),
                ("key", models.CharField(max_length=60, unique=True)),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("pending_minor", models.BigIntegerField()),
                ("available_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind="sold", pending_minor__gt=0, available_minor=0)
                        | (
                            Q(kind="given_back", pending_minor__lte=0, available_minor__lte=0)
                            & ~Q(pending_minor=0, available_minor=0)
                        )
                        | Q(
                            kind="released",
                            pending_minor__lt=0,
                            available_minor=-F("pending_minor"),
                        ),
                        name="commission_step_moves",
                    ),
                ],
            },
        ),
        migrations.RunSQL(REASON, NO_REASON),
        migrations.RunSQL(POSTED, UNPOSTED),
        *(HomeCell(table) for table in ("reckoning", "commission", "commissionstep")),
        append_only("commission_commissionstep"),
        frozen(
            "commission_commission",
            *("line_id", "creator_id", "clip_id", "link_id", "currency", "paid_minor"),
            *("rate_bp", "rate_from_at", "amount_minor", "placed_at"),
        ),
        *(
            guard(f"commission_{table}")
            for table in ("reckoning", "commission", "commissionstep")
            for guard in (never_deleted, never_emptied)
        ),
    ]
