"""What advertisers type of what an ad shows, and where its button leads."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from vitrine.accounts.models import Person
from vitrine.ads import campaigning, obstacles, refusals
from vitrine.ads.campaigning import Shown
from vitrine.ads.models import Advertiser, Authorisation, Call
from vitrine.catalog.models import Product, Tag
from vitrine.catalog.models.product import ProductQuerySet
from vitrine.kernel.errors import Refusal
from vitrine.surfaces.promote import naming
from vitrine.surfaces.promote.naming import NAMED, NamedField
from vitrine.videos.models import Clip


class AdForm(forms.Form):
    """What an ad shows, and where its button leads. clips, products: names that are offered."""

    clip = NamedField(
        named="clips-named",
        label=gettext_lazy("Clip"),
        help_text=gettext_lazy("Its title, words of it, or its address."),
        error_messages={"required": gettext_lazy("Choose a clip.")},
    )
    product = NamedField(
        named="products-named",
        required=False,
        label=gettext_lazy("Its button leads to"),
        help_text=gettext_lazy(
            "The name or address of a product. Empty: the profile of whoever made the clip."
        ),
    )
    call = forms.ChoiceField(
        choices=[one for one in Call.choices if one[0] != Call.VISIT],
        label=gettext_lazy("Its button says"),
        help_text=gettext_lazy("A button that leads to a profile says so by itself."),
    )

    def __init__(self, typed: Any = None, *, advertiser: Advertiser, by: Person) -> None:
        super().__init__(typed, auto_id="ad-%s")
        self.advertiser, self.by = advertiser, by
        self._clips = campaigning.clips_of(advertiser, by).order_by("-published_at", "-pk")
        newest = list(self._clips[:NAMED])
        self.clips = naming.names_of(newest)
        self.products = naming.names_of(self._products(Q(clip__in=newest))[:NAMED])

    def clean_clip(self) -> Clip:
        """Find the clip, or say why it cannot be advertised with."""
        typed = self.cleaned_data["clip"]
        some = naming.found(self._clips, typed)
        if some:
            self.clips = naming.names_of(some)
            return naming.one_of(some)
        raise forms.ValidationError(self._why_no_clip(typed))

    def clean(self) -> dict[str, Any]:
        """Find the product among those that the clip leads to, or say why it is none of them."""
        cleaned: dict[str, Any] = super().clean() or {}
        typed, clip = cleaned.get("product"), cleaned.get("clip")
        cleaned["product"] = None
        if typed:
            on = Q(clip=clip) if clip else Q(clip__in=self._clips.order_by())
            some = naming.found(self._products(on), typed)
            try:
                cleaned["product"] = naming.one_of(some) if some else self._no_product(typed)
            except forms.ValidationError as wrong:
                self.products = naming.names_of(some) or self.products
                self.add_error("product", wrong)
        return cleaned

    def refuse(self, refusal: Refusal) -> None:
        """Say at the field that it is about why there is no such ad."""
        of_product = (refusals.NeedsProduct, refusals.SellsNothing, refusals.NotOurs)
        self.add_error("product" if isinstance(refusal, of_product) else "clip", refusal.text)

    @property
    def shown(self) -> Shown:
        """Return what was typed. The form is valid."""
        said = self.cleaned_data
        product = said["product"]
        return Shown(said["clip"], product, Call(said["call"]) if product else Call.VISIT)

    def _products(self, on: Q) -> ProductQuerySet:
        """Return what an ad may lead to: what the shop sells, and what is on clips."""
        ours = Q(pk__in=Tag.objects.filter(on).values("product"))
        if self.advertiser.merchant_id is not None:
            ours |= Q(merchant=self.advertiser.merchant_id)
        return Product.objects.on_sale().filter(ours).order_by("title", "pk")

    def _why_no_clip(self, typed: str) -> str:
        """Say why a clip cannot be chosen, of those that may be seen alone. Queries: 1 to 3."""
        lent = Authorisation.objects.standing().filter(advertiser=self.advertiser)
        known = Clip.objects.visible_to(self.by) | Clip.objects.kept().filter(
            pk__in=lent.values("clip")
        )
        for clip in naming.found(known.select_related("takedown", "encoding"), typed)[:1]:
            why = obstacles.of_clip(clip)
            if why is not None:
                return str(why)
            return gettext("Its creator did not let you advertise with this clip. Ask for a link.")
        return gettext("You have no clip of that title. An address finds it as well.")

    def _no_product(self, typed: str) -> Product:
        """Say why a product cannot be led to. Raises: ValidationError. Queries: 1 to 3."""
        said = gettext("Your shop sells nothing of that name, nor is it on the clip.")
        for one in naming.found(Product.objects.on_sale().select_related("merchant"), typed)[:1]:
            said = gettext(
                "{shop} sells that. Choose a product of your own shop, or one that is on the clip."
            ).format(shop=one.merchant.name)
            raise forms.ValidationError(said)
        ours = Product.objects.filter(merchant=self.advertiser.merchant_id)
        if naming.found(ours, typed):
            said = gettext("That is not on sale now.")
        elif "://" in typed:
            said = gettext("Ads lead to products here, and to profiles; nowhere else.")
        raise forms.ValidationError(said)
