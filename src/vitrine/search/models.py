"""What is searched: an entry for each clip, person and product, and the dictionary of their words.

Entries are written by triggers (migration 0002), in the transaction of the write they are about:
whoever writes a title, and however many at once, search knows it. Who may see what is found is
asked of ``Clip.objects.listed_for`` when somebody searches (``finding.py``), never stored here.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from vitrine.catalog.models import Product
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField
from vitrine.videos.models import Clip


class Entry(models.Model):
    """A thing that can be found. words: weighted, A the most telling.

    hot: what is new and liked, as one number that stands still while time passes: halvings of
    freshness since 1970, and half a one for each doubling of received (likes, followers, tags).
    is_front: among the hottest; common words are looked for here first.
    """

    home_cell = HomeCellField()
    words = SearchVectorField()
    hot = models.FloatField()
    received = models.PositiveIntegerField(default=0)
    is_front = models.BooleanField(default=True)

    class Meta:
        abstract = True


def _indexes(name: str) -> list[Any]:
    """Index the front and the rest apart. No pending list: every search would read through it."""
    front = models.Q(is_front=True)
    return [
        GinIndex(fields=["words"], name=f"{name}_front", condition=front, fastupdate=False),
        GinIndex(fields=["words"], name=f"{name}_rest", condition=~front, fastupdate=False),
        models.Index(fields=["-hot"], name=f"{name}_hot", condition=front),
    ]


@datamap.declare(
    purpose="Find a clip by its words",
    retention="while the clip is published",
    subject="clip__creator",
    LOCAL_PUBLIC="words",
    SYSTEM="home_cell clip hot received is_front",
)
class ClipEntry(Entry):
    """A published clip: its title, description, maker and what is said in it."""

    clip = models.OneToOneField(Clip, models.CASCADE, primary_key=True, related_name="+")

    class Meta:
        indexes: ClassVar = _indexes("clip_entry")


@datamap.declare(
    purpose="Find a person by name",
    retention="until the account is deleted",
    subject="person",
    LOCAL_PUBLIC="words",
    SYSTEM="home_cell person hot received is_front",
)
class PersonEntry(Entry):
    """An active person: handle, name and what they say about themselves."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )

    class Meta:
        indexes: ClassVar = _indexes("person_entry")


@datamap.declare(
    purpose="Find a product by its words",
    retention="while on sale",
    LOCAL_PUBLIC="words",
    SYSTEM="home_cell product hot received is_front facets price_minor reprice_at in_stock",
)
class ProductEntry(Entry):
    """A product on sale: its title, brand and category, and all that it can be filtered by.

    facets: codes of ``Facet``. price_minor: of its cheapest variant until reprice_at, when the
    price changes by itself. in_stock: as of the last minute.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="+")
    facets = ArrayField(models.BigIntegerField(), default=list)
    price_minor = models.BigIntegerField(null=True)
    reprice_at = models.DateTimeField(null=True)
    in_stock = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            *_indexes("product_entry"),
            GinIndex(fields=["facets"], name="product_entry_facets", fastupdate=False),
            models.Index(fields=["-hot", "-product"], name="product_entry_best"),
            models.Index(fields=["price_minor", "product"], name="product_entry_price"),
            models.Index(
                fields=["reprice_at"],
                name="product_entry_reprice",
                condition=models.Q(reprice_at__isnull=False),
            ),
        ]


@datamap.declare(
    purpose="Say what products can be filtered by",
    retention="while a product is like that; the rest is forgotten within the hour",
    LOCAL_PUBLIC="kind name value",
    SYSTEM="code",
)
class Facet(models.Model):
    """Something that products are: of a brand, a shop, a category, or what is said of them.

    code: a hash of it, made by ``search_facet_code``.
    """

    code = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=120)
    value = models.CharField(max_length=260)


@datamap.declare(
    purpose="Complete and correct what is typed into the search field",
    retention="until no public text has the word; counted anew every hour",
    LOCAL_PUBLIC="word",
    SYSTEM="texts nearby",
)
class Word(models.Model):
    """A word that public texts have. texts: how many. nearby: it, and it without one letter."""

    word = models.CharField(max_length=41, primary_key=True, db_collation="C")
    texts = models.PositiveIntegerField()
    nearby = ArrayField(models.CharField(max_length=41))

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["nearby"], name="word_nearby", fastupdate=False)]
