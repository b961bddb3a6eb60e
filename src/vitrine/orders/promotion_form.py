"""The form of a promotion."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.kernel import money
from vitrine.kernel.fields import DayField, LineField
from vitrine.orders.models.promotion import GIFTS, Promotion
from vitrine.orders.offering import Terms
from vitrine.orders.price_field import PriceField
from vitrine.orders.promoting import Gift
from vitrine.sovereignty.cell import this_cell

NEEDS = {
    Gift.PERCENT: ("percent",),
    Gift.FIXED: ("amount_minor",),
    Gift.BUY_X: ("buy", "get"),
    Gift.FREE_DELIVERY: (),
}
"""What each gift has to say."""


def _count(label: Any, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, required=False, **kwargs)


class PromotionForm(forms.Form):
    """What comes off, for whom, until when."""

    name = LineField(
        max_length=60, label=gettext_lazy("Name"), help_text=gettext_lazy("Only you read it.")
    )
    gift = forms.ChoiceField(
        choices=GIFTS,
        widget=forms.RadioSelect,
        initial=Gift.PERCENT.value,
        label=gettext_lazy("What it gives"),
    )
    percent = _count(gettext_lazy("Percent off"), 100)
    amount_minor = PriceField(label=gettext_lazy("Amount off"), required=False)
    buy = _count(gettext_lazy("Buy"), 50)
    get = _count(gettext_lazy("Get free"), 50)
    least_minor = PriceField(
        label=gettext_lazy("From goods of"),
        required=False,
        help_text=gettext_lazy("Before anything comes off."),
    )
    code = LineField(
        max_length=30,
        required=False,
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Leave empty to let it count for everybody."),
    )
    most = _count(gettext_lazy("Times in all"), 10_000_000)
    most_each = _count(gettext_lazy("Times for each buyer"), 10_000)
    until_on = DayField(
        required=False,
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, typed: Any = None, *, at: datetime, of: Promotion | None = None) -> None:
        """Ask for a new promotion, or for what else one gives. of: comes with its vouchers."""
        self.of = of
        super().__init__(typed, auto_id="promotion-%s", initial=_as_typed(of) if of else {})
        self.today = at.astimezone(_zone()).date()
        for name in ("gift", "code"):
            self.fields[name].disabled = of is not None
        if of is not None:
            self.fields["code"].help_text = gettext("It stays as it is. For another, offer anew.")

    def clean_code(self) -> str:
        """Keep codes that can be read out: letters, digits and hyphens."""
        code = str(self.cleaned_data["code"]).upper()
        if code and not re.fullmatch(r"[A-Z0-9-]{3,30}", code):
            raise forms.ValidationError(gettext("Use 3 to 30 letters, digits and hyphens."))
        return code

    def clean_amount_minor(self) -> int | None:
        """Take nothing for no amount."""
        amount: int | None = self.cleaned_data["amount_minor"]
        return amount or None

    def clean_until_on(self) -> date | None:
        """Keep a day that is still to come."""
        day: date | None = self.cleaned_data["until_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(gettext("This day is over."))
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for what the gift needs, and for a code where uses are counted."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in NEEDS.get(cleaned.get("gift", ""), ()):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("This is needed."))
        counted = cleaned.get("most") or cleaned.get("most_each")
        if counted and not cleaned.get("code") and "code" not in self.errors:
            self.add_error("code", gettext("Uses are counted by code: write one."))
        return cleaned

    def terms(self) -> Terms:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        gift = Gift(said["gift"])
        needs = {name: said[name] for name in NEEDS[gift]}
        return Terms(
            name=said["name"],
            gift=gift,
            least_minor=said["least_minor"] or 0,
            code=said["code"],
            most=said["most"],
            most_each=said["most_each"],
            until_at=_end_of(said["until_on"]) if said["until_on"] else None,
            **needs,
        )


def _as_typed(of: Promotion) -> dict[str, Any]:
    """Return what somebody would type to have this promotion."""
    voucher = next(iter(of.vouchers.all()), None)
    last = of.until_at.astimezone(_zone()) - timedelta(days=1) if of.until_at else None
    return {
        **{name: getattr(of, name) for name in ("name", "gift")},
        **{name: getattr(of, name) or None for name in ("percent", "buy", "get")},
        **{name: _amount(getattr(of, name)) for name in ("amount_minor", "least_minor")},
        "until_on": last.date() if last else None,
        "code": voucher.code if voucher else "",
        "most": voucher.most if voucher else None,
        "most_each": voucher.most_each if voucher else None,
    }


def _amount(minor: int) -> str:
    return money.plain_decimal(minor, this_cell().currency) if minor else ""


def _zone() -> ZoneInfo:
    return ZoneInfo(this_cell().time_zone)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), _zone())
