"""Advertisers, what they advertise, and what reviewers said of it."""

from vitrine.ads.models.ad import Ad, AdVerdict, Authorisation, Call
from vitrine.ads.models.advertiser import AdMember, AdRole, Advertiser
from vitrine.ads.models.campaign import AGES, AdGroup, Billed, Campaign, Objective

__all__ = [
    "AGES",
    "Ad",
    "AdGroup",
    "AdMember",
    "AdRole",
    "AdVerdict",
    "Advertiser",
    "Authorisation",
    "Billed",
    "Call",
    "Campaign",
    "Objective",
]
