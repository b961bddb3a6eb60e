"""Advertisers, what they advertise, and what reviewers said of it."""

from vitrine.ads.models.account_token import AccountToken
from vitrine.ads.models.ad import Ad, AdVerdict, Authorisation, Call
from vitrine.ads.models.advertiser import AdMember, AdRole, Advertiser, DailyLimit
from vitrine.ads.models.beside import Avoidance, Questioned
from vitrine.ads.models.bill import AdBill
from vitrine.ads.models.billing import Charge, Response
from vitrine.ads.models.campaign import (
    AdGroup,
    Billed,
    Campaign,
    Objective,
    PastTargeting,
    Placement,
)
from vitrine.ads.models.crediting import Credit, CreditReversal, Sale, Why
from vitrine.ads.models.dealing import Dealing, FreshStart, Look
from vitrine.ads.models.demand import BidNotice, DemandDay, DemandStop, NoticeKind
from vitrine.ads.models.earning import AdEarning
from vitrine.ads.models.holdout import ArmDay, Meeting
from vitrine.ads.models.invalid import Disbelief, Ground, Origin, Recall, Reversal, Sifting
from vitrine.ads.models.lookalike import Lookalike
from vitrine.ads.models.reach import AdReach
from vitrine.ads.models.record import AdRecord
from vitrine.ads.models.showing import AdDay, AdHour, HiddenAd, Met, SearchHour, Showing
from vitrine.ads.models.spending import Budget, Lease
from vitrine.ads.models.targeting import AGES

__all__ = [
    "AGES",
    "AccountToken",
    "Ad",
    "AdBill",
    "AdDay",
    "AdEarning",
    "AdGroup",
    "AdHour",
    "AdMember",
    "AdReach",
    "AdRecord",
    "AdRole",
    "AdVerdict",
    "Advertiser",
    "ArmDay",
    "Authorisation",
    "Avoidance",
    "BidNotice",
    "Billed",
    "Budget",
    "Call",
    "Campaign",
    "Charge",
    "Credit",
    "CreditReversal",
    "DailyLimit",
    "Dealing",
    "DemandDay",
    "DemandStop",
    "Disbelief",
    "FreshStart",
    "Ground",
    "HiddenAd",
    "Lease",
    "Look",
    "Lookalike",
    "Meeting",
    "Met",
    "NoticeKind",
    "Objective",
    "Origin",
    "PastTargeting",
    "Placement",
    "Questioned",
    "Recall",
    "Response",
    "Reversal",
    "Sale",
    "SearchHour",
    "Showing",
    "Sifting",
    "Why",
]
