"""What advertisers type of themselves and of who may act for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads import terms
from vitrine.ads.budgeting import BidAboveBudget, BudgetSpent
from vitrine.ads.models import AdRole, Advertiser, Objective
from vitrine.ads.models.campaign import SELLING
from vitrine.catalog.models import Merchant, Role
from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders.price_field import PriceField
from vitrine.safety import filtering
from vitrine.sovereignty.cell import locale, this_cell
from vitrine.surfaces.promote.objective_form import TargetField, ask_for_target

OWN, ANOTHER = "own", "another"
SPENT_TODAY = gettext_lazy(
    "Today it can be {least} or more: so much is spent, or held for ads that were shown a moment "
    "ago. Pause campaigns to stop at once."
)
SPENT = gettext_lazy(
    "It can be {least} or more: so much is spent, or held for ads that were shown a moment ago."
)


class NameForm(forms.Form):
    """What viewers read on an account's ads."""

    advertiser_name = LineField(
        max_length=80,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Viewers read it on each ad, as who pays for it."),
    )

    def clean_advertiser_name(self) -> str:
        """Refuse words that the cell does not let stand."""
        typed = str(self.cleaned_data["advertiser_name"])
        if objection := filtering.objection(typed, holds_too=True):
            raise forms.ValidationError(objection)
        return typed


class OpenForm(NameForm):
    """For whom an account is opened, and what viewers read on its ads."""

    whose = forms.ChoiceField(
        widget=forms.RadioSelect, label=gettext_lazy("Who advertises"), initial=OWN
    )
    field_order = ("whose",)

    def __init__(self, typed: Any = None, *, person: Person) -> None:
        super().__init__(typed, auto_id="open-%s")
        self.fields["advertiser_name"].required = False
        self.person = person
        owned = Merchant.objects.with_member(person, Role.OWNER)
        open_already = Advertiser.objects.filter(merchant__isnull=False).values("merchant")
        self.shops = {shop.slug: shop for shop in owned.exclude(pk__in=open_already)}
        choices = [(slug, shop.name) for slug, shop in self.shops.items()]
        if not Advertiser.objects.filter(person=person).exists():
            choices.insert(0, (OWN, gettext("I do, as @{handle}").format(handle=person.handle)))
        whose: Any = self.fields["whose"]
        whose.choices = [*choices, (ANOTHER, gettext("Somebody else, such as a client"))]

    def clean(self) -> dict[str, Any]:
        """Ask for a name where there is none yet."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("whose") == ANOTHER and cleaned.get("advertiser_name") == "":
            self.add_error("advertiser_name", gettext("Say who advertises."))
        return cleaned

    @property
    def opens(self) -> dict[str, Any]:
        """Return what ``opening.open_account`` asks for. The form is valid."""
        whose, typed = self.cleaned_data["whose"], self.cleaned_data["advertiser_name"]
        shop = self.shops.get(whose)
        usual = shop.name if shop else self.person.display_name or self.person.handle
        return {"name": typed or usual, "merchant": shop, "is_own": whose == OWN}


class MemberForm(forms.Form):
    """Whom to let in, as what."""

    handle = LineField(
        max_length=40,
        label=gettext_lazy("Handle"),
        help_text=gettext_lazy("Such as @ada. They can act at once, and are told."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(choices=AdRole.choices, label=gettext_lazy("Role"))

    def clean_handle(self) -> Person:
        """Find a person by handle."""
        handle = str(self.cleaned_data["handle"]).lstrip("@").lower()
        found = Person.objects.filter(handle=handle, is_active=True).first()
        if found is None:
            raise forms.ValidationError(gettext("Nobody here has that handle."))
        return found


class LimitForm(forms.Form):
    """What all campaigns together may spend on a day."""

    daily_minor = PriceField(
        required=False,
        label=gettext_lazy("At most a day"),
        help_text=gettext_lazy("All campaigns together. Empty: no limit but theirs."),
    )

    def __init__(self, typed: Any = None, *, of: Advertiser) -> None:
        known = {"daily_minor": amount(of.daily_minor)}
        super().__init__(typed, initial=known, auto_id="limit-%s")

    def clean_daily_minor(self) -> int | None:
        """Keep what is enough to tell anybody anything."""
        typed: int | None = self.cleaned_data["daily_minor"]
        return None if typed is None else enough(typed, terms.LEAST_DAILY_MINOR)


class BoostForm(forms.Form):
    """How much a day, for how long, and for what."""

    objective = forms.TypedChoiceField(
        required=False,
        choices=[(one.value, one.label) for one in (Objective.VIEWS, *SELLING)],
        coerce=Objective,
        initial=Objective.VIEWS,
        empty_value=Objective.VIEWS,
        widget=forms.RadioSelect,
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy(
            "You pay by the view to be watched, else by the click. What is to sell bids by what is "
            "bought after clicks; that has to be learnt, so it needs some orders first, and a "
            "product on the clip."
        ),
    )
    target_percent = TargetField(required=False)
    daily_minor = PriceField(label=gettext_lazy("Each day"))
    days = forms.IntegerField(
        min_value=1,
        max_value=30,
        initial=5,
        label=gettext_lazy("Days"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def clean_daily_minor(self) -> int:
        """Keep what is enough to tell anybody anything."""
        return enough(self.cleaned_data["daily_minor"], terms.LEAST_DAILY_MINOR)

    def clean(self) -> dict[str, Any]:
        """Keep the whole within what a campaign may cost."""
        cleaned: dict[str, Any] = super().clean() or {}
        ask_for_target(self)
        if {"daily_minor", "days"} <= cleaned.keys():
            whole = cleaned["daily_minor"] * cleaned["days"]
            least, most = terms.LEAST_BUDGET_MINOR, terms.MOST_BUDGET_MINOR
            if whole < least:
                said = gettext("Over all days that is less than {least}.")
                self.add_error("daily_minor", said.format(least=written(least)))
            elif whole > most:
                said = gettext("Over all days that is more than {most}.")
                self.add_error("daily_minor", said.format(most=written(most)))
        return cleaned


def refuse(form: forms.Form, refusal: BudgetSpent | BidAboveBudget) -> None:
    """Say at the budget that is too low for what was spent, or is bid, what it can be."""
    facts = refusal.facts
    if isinstance(refusal, BidAboveBudget):
        said = gettext("A group of it bids {bid} for one. It can be that or more.")
        amounts = {"bid": written(facts["bid_minor"])}
    else:
        said = str(SPENT_TODAY if facts["is_of_day"] else SPENT)
        amounts = {"least": written(facts["least_minor"])}
    form.add_error("daily_minor" if facts["is_of_day"] else "budget_minor", said.format(**amounts))


def refuse_bid(form: forms.Form, refusal: BidAboveBudget) -> None:
    """Say at a bid that is more than may be spent what it can be."""
    said = gettext("Bid {most} at most: it may not cost more.")
    form.add_error("bid_minor", said.format(most=written(refusal.facts["most_minor"])))


def enough(minor: int, least: int, most: int = terms.MOST_BUDGET_MINOR) -> int:
    """Return an amount between two others. Raises: ValidationError that says which."""
    if not least <= minor <= most:
        said = gettext("Choose an amount from {least} to {most}.")
        raise forms.ValidationError(said.format(least=written(least), most=written(most)))
    return minor


def written(minor: int) -> str:
    """Write an amount of the cell's currency."""
    return money.format_minor(minor, this_cell().currency, locale=locale())


def amount(minor: int | None) -> str:
    """Return what somebody would type to mean an amount; nothing of None."""
    return "" if minor is None else money.plain_decimal(minor, this_cell().currency)
