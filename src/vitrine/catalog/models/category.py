"""The cell's tree of categories, what is said of goods in each, and what a product says."""

import re
from datetime import date
from decimal import Decimal
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from vitrine.catalog.models.product import Product
from vitrine.kernel.errors import Refusal
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField

_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?", re.ASCII)


class ValueRefused(Refusal):
    """What was said does not fit its attribute."""

    code = "value_refused"
    message = "This does not fit what it is said about."


@datamap.declare(
    purpose="Order what is sold",
    retention="while in use",
    LOCAL_PUBLIC="key name words line",
    SYSTEM="id home_cell parent",
)
class Category(models.Model):
    """A place in the tree. key: its path, e.g. "home/lighting". line: its ancestors and itself.

    words: folded words by which feeds call it.
    """

    home_cell = HomeCellField()
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    key = models.CharField(max_length=120, unique=True, db_collation="C")
    name = models.CharField(max_length=80)
    words = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    line = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How far below the top it is."""
        return self.key.count("/")


class Kind(models.TextChoices):
    """What an attribute's values are."""

    TEXT = "text", gettext_lazy("Words")
    NUMBER = "number", gettext_lazy("Number")
    BOOLEAN = "boolean", gettext_lazy("Yes or no")
    CHOICE = "choice", gettext_lazy("One of a list")
    DATE = "date", gettext_lazy("Day")


class AttributeQuerySet(models.QuerySet["Attribute"]):
    """Which attributes."""

    def of(self, category: Category | None) -> Self:
        """Those of a category and of all above it."""
        return self.filter(category__in=category.line if category else [])


@datamap.declare(
    purpose="Say what is told of goods in a category",
    retention="while in use",
    LOCAL_PUBLIC="key name kind unit choices is_required is_filterable position",
    SYSTEM="id home_cell category",
)
class Attribute(models.Model):
    """Something that goods of a category have, typed. unit: of a number. choices: of a choice."""

    home_cell = HomeCellField()
    category = models.ForeignKey(Category, models.CASCADE, related_name="attributes")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    unit = models.CharField(max_length=12, blank=True)
    choices = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    is_required = models.BooleanField(default=False)
    is_filterable = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = AttributeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["category", "key"], name="attribute_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="attribute_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def read(self, typed: str) -> str:
        """Return what was typed as it is kept, "" for nothing. Raises: ValueRefused."""
        said = " ".join(typed.split())
        if not said:
            if self.is_required:
                raise ValueRefused(gettext("“{name}” has to be said.").format(name=self.name))
            return ""
        match self.kind:
            case Kind.NUMBER:
                return self._number(said)
            case Kind.BOOLEAN:
                return self._one_of(said, ["yes", "no"])
            case Kind.CHOICE:
                return self._one_of(said, self.choices)
            case Kind.DATE:
                return self._day(said)
        if len(said) > 200:
            raise ValueRefused(
                gettext("“{name}” has at most 200 characters.").format(name=self.name)
            )
        return said

    def _number(self, said: str) -> str:
        bare = said.removesuffix(self.unit).strip() if self.unit else said
        if not _NUMBER.fullmatch(bare):  # nor in powers of ten, which can be as long as they like
            raise ValueRefused(gettext("“{name}” is a number, like 12.5.").format(name=self.name))
        return f"{Decimal(bare.replace(',', '.')).normalize():f}"

    def _one_of(self, said: str, choices: list[str]) -> str:
        for choice in choices:
            if choice.casefold() == said.casefold():
                return choice
        raise ValueRefused(
            gettext("“{name}” is one of: {choices}.").format(
                name=self.name, choices=", ".join(choices)
            )
        )

    def _day(self, said: str) -> str:
        try:
            return date.fromisoformat(said).isoformat()
        except ValueError:
            raise ValueRefused(
                gettext("“{name}” is a day, like 2026-11-30.").format(name=self.name)
            ) from None


@datamap.declare(
    purpose="Say what a product is like",
    retention="with the product",
    LOCAL_PUBLIC="said",
    SYSTEM="id home_cell product attribute",
)
class AttributeValue(models.Model):
    """What a product says of an attribute, as ``Attribute.read`` keeps it."""

    home_cell = HomeCellField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="values")
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="+")
    said = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "attribute"], name="value_once"),
            models.CheckConstraint(condition=~Q(said=""), name="value_says_something"),
        ]

    def __str__(self) -> str:
        unit = self.attribute.unit
        return f"{self.said} {unit}".strip()
