"""Whom something is open to."""

from django.db import models
from django.utils.translation import gettext_lazy


class Audience(models.TextChoices):
    """Who may do something with what a creator made."""

    EVERYONE = "everyone", gettext_lazy("Everyone")
    FOLLOWERS = "followers", gettext_lazy("Followers")
    NOBODY = "nobody", gettext_lazy("Nobody")
