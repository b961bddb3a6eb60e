"""Reviews by buyers with what their stars come to, and messages about orders."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import vitrine.kernel.ids
import vitrine.sovereignty.cell
from vitrine.sovereignty.cell import HomeCell

BOUGHT = """
-- A review stands on a line of an order that its author got, for that very product, and nobody who
-- works for the shop wrote it: whatever writes the row meets this.
CREATE FUNCTION orders_review_is_bought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM orders_orderline line
        JOIN catalog_variant variant ON variant.id = line.variant_id
        JOIN orders_order bought ON bought.id = line.order_id
        JOIN orders_ordergroup purchase ON purchase.id = bought.group_id
        WHERE line.id = NEW.line_id AND variant.product_id = NEW.product_id
            AND purchase.buyer_id = NEW.author_id
            AND bought.state IN ('shipped', 'collected', 'refunded')
    ) OR EXISTS (
        SELECT FROM catalog_product product
        JOIN catalog_membership member ON member.merchant_id = product.merchant_id
        WHERE product.id = NEW.product_id AND member.person_id = NEW.author_id
            AND member.role IN ('owner', 'catalogue', 'orders')
    ) THEN
        RAISE EXCEPTION 'review % is by nobody who bought the product', NEW.public_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER review_is_bought BEFORE INSERT OR UPDATE OF line_id, product_id, author_id
    ON orders_review FOR EACH ROW EXECUTE FUNCTION orders_review_is_bought();
"""
RATED = """
CREATE FUNCTION orders_rate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.withheld_at IS NULL THEN
            UPDATE orders_rating SET
                one = one - (OLD.stars = 1)::int, two = two - (OLD.stars = 2)::int,
                three = three - (OLD.stars = 3)::int, four = four - (OLD.stars = 4)::int,
                five = five - (OLD.stars = 5)::int
            WHERE product_id = OLD.product_id;
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.withheld_at IS NULL THEN
            INSERT INTO orders_rating AS kept (home_cell, product_id, one, two, three, four, five)
            VALUES (NEW.home_cell, NEW.product_id, (NEW.stars = 1)::int, (NEW.stars = 2)::int,
                (NEW.stars = 3)::int, (NEW.stars = 4)::int, (NEW.stars = 5)::int)
            ON CONFLICT (product_id) DO UPDATE SET
                one = kept.one + excluded.one, two = kept.two + excluded.two,
                three = kept.three + excluded.three, four = kept.four + excluded.four,
                five = kept.five + excluded.five;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER review_rates AFTER INSERT OR DELETE OR UPDATE OF stars, withheld_at, product_id
    ON orders_review FOR EACH ROW EXECUTE FUNCTION orders_rate();
CREATE FUNCTION orders_count_helpful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE orders_review SET helpful = helpful + 1 WHERE id = NEW.review_id;
    ELSE
        UPDATE orders_review SET helpful = helpful - 1 WHERE id = OLD.review_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER helpful_counts AFTER INSERT OR DELETE ON orders_helpfulvote FOR EACH ROW
    EXECUTE FUNCTION orders_count_helpful();
"""
UNBOUGHT = """
DROP FUNCTION orders_count_helpful() CASCADE;
DROP FUNCTION orders_rate() CASCADE;
DROP FUNCTION orders_review_is_bought() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0012_talk"),
        ("orders", "0011_address_book"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Rating",
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
                ("one", models.PositiveIntegerField(default=0)),
                ("two", models.PositiveIntegerField(default=0)),
                ("three", models.PositiveIntegerField(default=0)),
                ("four", models.PositiveIntegerField(default=0)),
                ("five", models.PositiveIntegerField(default=0)),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Review",
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
                ("stars", models.PositiveSmallIntegerField()),
                ("text", models.CharField(blank=True, max_length=2000)),
                ("at", models.DateTimeField()),
                ("edited_at", models.DateTimeField()),
                ("helpful", models.PositiveIntegerField(default=0)),
                ("withheld_at", models.DateTimeField(null=True)),
                ("answer", models.CharField(blank=True, max_length=1000)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="orders.orderline",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("withheld_at", None)),
                        fields=["product", "-at", "-public_id"],
                        name="review_by_at",
                    ),
                    models.Index(
                        condition=models.Q(("withheld_at", None)),
                        fields=["product", "-helpful", "-public_id"],
                        name="review_by_helpful",
                    ),
                    models.Index(
                        condition=models.Q(("withheld_at", None)),
                        fields=["product", "-stars", "-public_id"],
                        name="review_by_stars",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("product", "author"), name="review_once"),
                    models.CheckConstraint(
                        condition=models.Q(("stars__gte", 1), ("stars__lte", 5)),
                        name="review_stars",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                models.Q(("answered_at", None), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="review_answer_has_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpfulVote",
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
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="orders.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("review", "person"), name="helpful_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewPicture",
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
                ("key", models.CharField(max_length=200, unique=True)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "review",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pictures",
                        to="orders.review",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("review", "position"), name="review_picture_place"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("position__lt", 4)), name="review_picture_of_four"
                    ),
                ],
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Message",
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
                    "side",
                    models.CharField(
                        choices=[("buyer", "Buyer"), ("seller", "Seller")], max_length=6
                    ),
                ),
                ("text", models.CharField(max_length=1000)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("withheld_at", models.DateTimeField(null=True)),
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
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="orders.order",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "indexes": [
                    models.Index(fields=["order", "at"], name="message_in_thread"),
                    models.Index(
                        condition=models.Q(("read_at", None), ("side", "buyer")),
                        fields=["order"],
                        name="message_unread",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="message_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["buyer", "seller"])),
                        name="message_side_known",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="orderevent",
            index=models.Index(
                condition=models.Q(("kind__in", ["shipped", "collected"])),
                fields=["at"],
                name="event_handed_over",
            ),
        ),
        HomeCell("rating"),
        HomeCell("review"),
        HomeCell("helpfulvote"),
        HomeCell("reviewpicture"),
        HomeCell("message"),
        migrations.RunSQL(BOUGHT + RATED, UNBOUGHT),
    ]
