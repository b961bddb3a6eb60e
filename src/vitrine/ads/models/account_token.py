"""Whose token it is, where it is of an advertiser's account and of no shop."""

from django.db import models

from vitrine.ads.models.advertiser import Advertiser
from vitrine.programs.models import Token
from vitrine.sovereignty import datamap
from vitrine.sovereignty.cell import HomeCellField


@datamap.declare(
    purpose="Let an advertiser's own programs read its figures",
    retention="with the account: who could do what stays known",
    SYSTEM="id home_cell token advertiser",
)
class AccountToken(models.Model):
    """A token of an advertiser's account. One of a shop has none of these."""

    home_cell = HomeCellField()
    token = models.OneToOneField(Token, models.CASCADE, related_name="+")
    advertiser = models.ForeignKey(Advertiser, models.PROTECT, related_name="tokens")
