"""Whom something is open to."""

from django.db import models
from django.utils.translation import gettext_lazy


class Audience(models.TextChoices):
    """Who may do something with what a creator made."""

    EVERYONE = "everyone", gettext_lazy("Everyone")
    FOLLOWERS = "followers", gettext_lazy("Followers")
    NOBODY = "nobody", gettext_lazy("Nobody")


class RemixKind(models.TextChoices):
    """What can be made of another's clip."""

    SOUND = "sound", gettext_lazy("Sound")
    DUET = "duet", gettext_lazy("Duet")
    STITCH = "stitch", gettext_lazy("Stitch")


PERMISSIONS = {
    RemixKind.SOUND: "sound_uses",
    RemixKind.DUET: "duets",
    RemixKind.STITCH: "stitches",
}
"""The field of a clip that says to whom it is open for what."""


class AudienceField(models.CharField):  # type: ignore[type-arg]
    """To whom a clip is open for something: nobody, until its creator says so."""

    def __init__(self, **kwargs: object) -> None:
        nobody = {"default": Audience.NOBODY.value, "db_default": Audience.NOBODY.value}
        super().__init__(
            **{"max_length": 10, "choices": Audience.choices, **nobody, **kwargs}  # type: ignore[arg-type]
        )
