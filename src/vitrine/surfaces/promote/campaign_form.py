"""What advertisers type of a campaign, and of whom it is for."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from vitrine.ads import campaigning, refusals, terms
from vitrine.ads.campaigning import Audience, Plan
from vitrine.ads.models import (
    AGES,
    AdGroup,
    Advertiser,
    Billed,
    Objective,
    Placement,
)
from vitrine.kernel import money
from vitrine.kernel.fields import LineField
from vitrine.orders.price_field import PriceField
from vitrine.sovereignty.cell import this_cell
from vitrine.surfaces.promote.aim_form import AimForm, aimed_as_typed
from vitrine.surfaces.promote.forms import amount, enough
from vitrine.surfaces.promote.money_form import StartForm
from vitrine.surfaces.promote.objective_form import (
    SELLING_SAID,
    TargetField,
    ask_for_target,
    bid_bounds,
    bid_words,
)
from vitrine.videos.mentions import LONGEST_HASHTAG


class CampaignForm(StartForm):
    """A new campaign."""

    name = LineField(
        max_length=80,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Only your own people read it."),
    )
    objective = forms.ChoiceField(
        choices=Objective.choices,
        widget=forms.RadioSelect,
        initial=Objective.VIEWS,
        label=gettext_lazy("What it is for"),
        help_text=SELLING_SAID,
    )
    target_percent = TargetField(required=False)
    field_order = (
        *("name", "objective", "target_percent", "daily_minor", "budget_minor"),
        *("first_on", "last_on", "zone"),
    )

    def __init__(self, typed: Any = None, *, at: datetime) -> None:
        super().__init__(typed, auto_id="campaign-%s")
        self.at = at

    def clean(self) -> dict[str, Any]:
        """Ask for a target where a return is what it is for."""
        ask_for_target(self)
        return super().clean()

    @property
    def objective_typed(self) -> Objective:
        """Return what it is for; while nothing sensible was typed, to be watched."""
        typed = self["objective"].value()
        return Objective(typed) if typed in Objective.values else Objective.VIEWS

    @property
    def plan(self) -> Plan:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        return Plan(
            name=said["name"],
            objective=Objective(said["objective"]),
            budget_minor=said["budget_minor"],
            daily_minor=said["daily_minor"],
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            zone=self.clock,
            target_percent=said["target_percent"],
        )


class AudienceForm(AimForm):
    """Whom a group of ads is for, and the most it bids."""

    placements = forms.MultipleChoiceField(
        required=False,
        choices=Placement.choices,
        initial=[Placement.FEED],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Where its ads stand"),
        help_text=gettext_lazy(
            "In product search stand only ads that lead to a product, where somebody searches for "
            "words that it has. None chosen: in the feed."
        ),
    )
    bid_minor = PriceField(required=False)
    languages = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Languages"),
        help_text=gettext_lazy("In which people use this place. None chosen: all."),
    )
    ages = forms.MultipleChoiceField(
        required=False,
        choices=[(band, band) for band in AGES],
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Ages"),
        help_text=gettext_lazy("None chosen: everybody, visitors too. Minors are never picked."),
    )
    interests = LineField(
        max_length=600,
        required=False,
        label=gettext_lazy("Hashtags that they watch"),
        help_text=gettext_lazy("Such as #lamps #brass. Empty: whatever they watch."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    most_shown = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=20,
        label=gettext_lazy("At most so often to one viewer"),
        help_text=gettext_lazy("Empty: three times a day; to be seen by many, once in seven days."),
    )
    within_days = forms.IntegerField(
        required=False, min_value=1, max_value=30, label=gettext_lazy("In so many days")
    )

    def __init__(
        self,
        typed: Any = None,
        *,
        advertiser: Advertiser,
        objective: Objective,
        of: AdGroup | None = None,
    ) -> None:
        self.objective, self.pays_for = objective, objective.pays_for
        initial = _as_typed(of, self.pays_for) if of else {}
        super().__init__(typed, advertiser=advertiser, of=of, initial=initial, auto_id="group-%s")
        names, spoken = dict(settings.LANGUAGES), this_cell().languages
        languages: Any = self.fields["languages"]
        languages.choices = [(code, names[code]) for code in spoken]
        if len(spoken) == 1:
            del self.fields["languages"]
        bid = self.fields["bid_minor"]
        bid.label, bid.help_text = bid_words(self._known())

    def _known(self) -> Objective | None:
        """Return what the campaign is for; None while that is chosen on the same page."""
        return None

    def clean_placements(self) -> list[Placement]:
        """Keep each once, in their order; where nothing is said, the feed."""
        typed = self.cleaned_data["placements"] or [Placement.FEED]
        return [one for one in Placement if one in typed]

    def clean_bid_minor(self) -> int | None:
        """Keep what could win something, and no slip of the keyboard."""
        typed: int | None = self.cleaned_data["bid_minor"]
        if typed is None:
            return None
        return enough(typed, *bid_bounds(self.objective))

    def clean_most_shown(self) -> int:
        """Keep what is to be seen by many to once for each viewer."""
        typed: int | None = self.cleaned_data["most_shown"]
        if self.objective is Objective.REACH and (typed or 1) > 1:
            raise forms.ValidationError(gettext(refusals.MeetsAgain.message))
        return typed or self._cap[0]

    def clean_within_days(self) -> int:
        """Return what is usual where nothing is said."""
        return self.cleaned_data["within_days"] or self._cap[1]

    @property
    def _cap(self) -> tuple[int, int]:
        return terms.REACH_CAP if self.objective is Objective.REACH else terms.USUAL_CAP

    def clean_interests(self) -> list[str]:
        """Read hashtags, and keep people from being picked by what is theirs alone."""
        words = [
            word.strip("#").lower() for word in re.split(r"[\s,;]+", self.cleaned_data["interests"])
        ]
        found = list(dict.fromkeys(filter(None, words)))
        for word in found:
            if not word.isalnum() or len(word) > min(LONGEST_HASHTAG, 40):
                said = gettext("“{word}” is no hashtag.").format(word=word[:40])
                raise forms.ValidationError(said)
        if len(found) > terms.MOST_INTERESTS:
            said = gettext("At most {most} hashtags.").format(most=terms.MOST_INTERESTS)
            raise forms.ValidationError(said)
        try:
            campaigning.refuse_sensitive(found)
        except refusals.PicksByTooMuch as refusal:
            raise forms.ValidationError(refusal.text) from None
        return found

    @property
    def audience(self) -> Audience:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        bid = said["bid_minor"]
        each = 1 if self.pays_for == Billed.CLICK else terms.VIEWS_PER_BID
        return Audience(
            placements=tuple(said["placements"]),
            bid_micros=None if bid is None else bid * money.MICROS_PER_MINOR // each,
            languages=tuple(said.get("languages", ())),
            ages=tuple(said["ages"]),
            interests=tuple(said["interests"]),
            most_shown=said["most_shown"],
            within_days=said["within_days"],
            **self.aimed,
        )


class GroupForm(AudienceForm):
    """A group that has a name of its own."""

    group_name = LineField(
        max_length=80,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Only your own people read it."),
    )
    field_order = ("group_name",)

    def _known(self) -> Objective:
        """Return what the campaign is for."""
        return self.objective


def _as_typed(of: AdGroup, pays_for: Billed) -> dict[str, Any]:
    """Return what somebody would type to have this group."""
    each = 1 if pays_for == Billed.CLICK else terms.VIEWS_PER_BID
    bid = of.bid_micros
    return {
        "group_name": of.name,
        "placements": of.placements,
        "bid_minor": amount(None if bid is None else bid * each // money.MICROS_PER_MINOR),
        "languages": of.languages,
        "ages": of.ages,
        "interests": " ".join(f"#{word}" for word in of.interests),
        "most_shown": of.most_shown,
        "within_days": of.within_days,
        **aimed_as_typed(of),
    }
