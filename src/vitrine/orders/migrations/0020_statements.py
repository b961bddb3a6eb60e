"""Month-end statements: frozen, and each adds up."""

import django.db.models.expressions
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell
from vitrine.sovereignty.immutable import append_only, never_emptied


class Migration(migrations.Migration):
    """Create them."""

    dependencies = [
        ("orders", "0019_bank_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
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
                ("number", models.PositiveIntegerField(unique=True)),
                ("payee_kind", models.CharField(max_length=10)),
                ("payee_id", models.CharField(max_length=29)),
                ("month", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("opening_minor", models.BigIntegerField()),
                ("sales_minor", models.BigIntegerField()),
                ("refunds_minor", models.BigIntegerField()),
                ("fees_minor", models.BigIntegerField()),
                ("fee_taxes_minor", models.BigIntegerField()),
                ("commissions_minor", models.BigIntegerField()),
                ("disputes_minor", models.BigIntegerField()),
                ("payouts_minor", models.BigIntegerField()),
                ("others_minor", models.BigIntegerField()),
                ("closing_minor", models.BigIntegerField()),
                ("pending_minor", models.BigIntegerField()),
                ("available_minor", models.BigIntegerField()),
                ("reserve_minor", models.BigIntegerField()),
                ("transit_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("payee_kind", "payee_id", "month", "currency"),
                        name="statement_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "closing_minor",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(
                                                    django.db.models.expressions.CombinedExpression(
                                                        django.db.models.expressions.CombinedExpression(
                                                            django.db.models.expressions.CombinedExpression(
                                                                models.F("opening_minor"),
                                                                "+",
                                                                models.F("sales_minor"),
                                                            ),
                                                            "+",
                                                            models.F("refunds_minor"),
                                                        ),
                                                        "+",
                                                        models.F("fees_minor"),
                                                    ),
                                                    "+",
                                                    models.F("fee_taxes_minor"),
                                                ),
                                                "+",
                                                models.F("commissions_minor"),
                                            ),
                                            "+",
                                            models.F("disputes_minor"),
                                        ),
                                        "+",
                                        models.F("payouts_minor"),
                                    ),
                                    "+",
                                    models.F("others_minor"),
                                ),
                            ),
                            (
                                "closing_minor",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("pending_minor"),
                                            "+",
                                            models.F("available_minor"),
                                        ),
                                        "+",
                                        models.F("reserve_minor"),
                                    ),
                                    "+",
                                    models.F("transit_minor"),
                                ),
                            ),
                        ),
                        name="statement_sums",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="statement_of_a_month"
                    ),
                ],
            },
        ),
        HomeCell("statement"),
        append_only("orders_statement"),
        never_emptied("orders_statement"),
    ]
