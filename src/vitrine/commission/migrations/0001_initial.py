"""What shops offer creators, who took it, and samples. What was offered is never changed."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, frozen, never_deleted, never_emptied

STATES = [
    ("asked", "Asked for"),
    ("agreed", "Agreed, not sent yet"),
    ("declined", "Declined"),
    ("sent", "Sent"),
]
TABLES = ("deal", "dealrate", "link", "sample")


def _row() -> list[tuple[str, Any]]:
    key: Any = models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )
    home = vitrine.sovereignty.cell.HomeCellField(
        default=vitrine.sovereignty.cell.home, editable=False, max_length=2
    )
    return [("id", key), ("home_cell", home)]


def _public() -> tuple[str, Any]:
    return "public_id", vitrine.kernel.ids.PublicIdField(
        db_collation="C",
        default=vitrine.kernel.ids.new,
        editable=False,
        max_length=29,
        unique=True,
    )


def _to(model: str, related_name: str = "+", **fields: Any) -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related_name, to=model, **fields
    )


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("catalog", "0015_samples"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Deal",
            fields=[
                *_row(),
                _public(),
                ("merchant", _to("catalog.merchant")),
                ("product", _to("catalog.product", null=True)),
                ("creator", _to(settings.AUTH_USER_MODEL, null=True)),
                ("offered_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(withdrawn_at=None),
                        fields=["merchant", "product", "creator"],
                        name="deal_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DealRate",
            fields=[
                *_row(),
                ("deal", _to("commission.deal", "rates")),
                ("rate_bp", models.PositiveSmallIntegerField()),
                ("by", _to(settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(rate_bp__lte=8_000), name="deal_rate_sane"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                *_row(),
                _public(),
                ("deal", _to("commission.deal", "links")),
                ("creator", _to(settings.AUTH_USER_MODEL)),
                ("taken_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(left_at=None), fields=["deal", "creator"], name="link_once"
                    ),
                    models.CheckConstraint(
                        condition=Q(left_at=None) | Q(left_at__gte=F("taken_at")),
                        name="link_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Sample",
            fields=[
                *_row(),
                _public(),
                ("deal", _to("commission.deal", "samples")),
                ("creator", _to(settings.AUTH_USER_MODEL)),
                ("product", _to("catalog.product")),
                ("variant", _to("catalog.variant", null=True)),
                ("state", models.CharField(choices=STATES, default="asked", max_length=8)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("answer", models.CharField(blank=True, max_length=300)),
                ("address", models.TextField(blank=True, max_length=500)),
                ("carrier", models.CharField(blank=True, max_length=40)),
                ("tracking", models.CharField(blank=True, max_length=80)),
                ("by", _to(settings.AUTH_USER_MODEL, null=True)),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=~Q(state="declined"),
                        fields=["creator", "product"],
                        name="sample_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="asked", answered_at=None, sent_at=None)
                        | Q(
                            state__in=["agreed", "declined"],
                            answered_at__isnull=False,
                            sent_at=None,
                        )
                        | Q(
                            state="sent",
                            answered_at__isnull=False,
                            sent_at__isnull=False,
                            variant__isnull=False,
                        ),
                        name="sample_state",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=Q(state__in=["asked", "agreed"]),
                        fields=["deal"],
                        name="sample_waiting",
                    ),
                ],
            },
        ),
        *(HomeCell(table) for table in TABLES),
        append_only("commission_dealrate"),
        frozen("commission_deal", "merchant_id", "product_id", "creator_id", "offered_at"),
        frozen("commission_link", "deal_id", "creator_id", "taken_at"),
        frozen("commission_sample", "deal_id", "creator_id", "product_id", "asked_at"),
        *(
            guard(f"commission_{table}")
            for table in ("deal", "dealrate", "link")
            for guard in (never_deleted, never_emptied)
        ),
    ]
