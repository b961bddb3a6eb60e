"""Whom something is open to."""

from django.db import models


class Audience(models.TextChoices):
    """Who may do something with what a creator made."""

    EVERYONE = "everyone", "Everyone"
    FOLLOWERS = "followers", "Followers"
    NOBODY = "nobody", "Nobody"
