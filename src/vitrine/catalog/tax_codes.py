"""What a product is in the eyes of the tax tables."""

from enum import StrEnum

from django.utils.translation import gettext_lazy


class TaxCode(StrEnum):
    """A class of goods that some places tax otherwise. Everything is general until it is said."""

    GENERAL = "general"
    GROCERY = "grocery"
    CLOTHING = "clothing"
    CHILDREN = "children"
    BOOK = "book"


LABELS = {
    TaxCode.GENERAL: gettext_lazy("Ordinary goods"),
    TaxCode.GROCERY: gettext_lazy("Food to prepare at home"),
    TaxCode.CLOTHING: gettext_lazy("Clothing and shoes"),
    TaxCode.CHILDREN: gettext_lazy("Children’s clothing and shoes"),
    TaxCode.BOOK: gettext_lazy("Printed books"),
}
CHOICES = [(code.value, LABELS[code]) for code in TaxCode]
