"""What advertisers type of what an ad shows, and where its button leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads import campaigning
from vitrine.ads.campaigning import Shown
from vitrine.ads.models import Advertiser, Call
from vitrine.catalog.models import Product, Tag
from vitrine.kernel.errors import Refusal

LISTED = 200
"""Clips to choose from, the newest."""


class AdForm(forms.Form):
    """What an ad shows, and where its button leads."""

    clip = forms.ChoiceField(
        label=gettext_lazy("Clip"),
        error_messages={"required": gettext_lazy("Choose a clip.")},
    )
    product = forms.ChoiceField(required=False, label=gettext_lazy("Its button leads to"))
    call = forms.ChoiceField(
        choices=[one for one in Call.choices if one[0] != Call.VISIT],
        label=gettext_lazy("Its button says"),
        help_text=gettext_lazy("A button that leads to a profile says so by itself."),
    )

    def __init__(self, typed: Any = None, *, advertiser: Advertiser, by: Person) -> None:
        super().__init__(typed, auto_id="ad-%s")
        newest = campaigning.clips_of(advertiser, by).order_by("-published_at")[:LISTED]
        self.clips = {clip.public_id: clip for clip in newest}
        self.products = {
            one.public_id: one for one in _products(advertiser, list(self.clips.values()))
        }
        clip: Any = self.fields["clip"]
        clip.choices = [(key, one.title) for key, one in self.clips.items()]
        product: Any = self.fields["product"]
        product.choices = [
            ("", gettext("The profile of whoever made the clip")),
            *((key, one.title) for key, one in self.products.items()),
        ]

    def refuse(self, refusal: Refusal) -> None:
        """Say at the field that it is about why there is no such ad."""
        of_product = (campaigning.NeedsProduct, campaigning.SellsNothing, campaigning.NotOurs)
        self.add_error("product" if isinstance(refusal, of_product) else "clip", refusal.text)

    @property
    def shown(self) -> Shown:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        product = self.products.get(said["product"])
        call = Call(said["call"]) if product else Call.VISIT
        return Shown(self.clips[said["clip"]], product, call)


def _products(advertiser: Advertiser, clips: list[Any]) -> list[Product]:
    tagged = Tag.objects.filter(clip__in=[clip.pk for clip in clips]).values("product")
    on_sale = Product.objects.on_sale()
    ours = on_sale.filter(pk__in=tagged)
    if advertiser.merchant is not None:
        ours |= on_sale.filter(merchant=advertiser.merchant)
    return list(ours.order_by("title")[:LISTED])
