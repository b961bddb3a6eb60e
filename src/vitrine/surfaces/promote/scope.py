"""Which advertiser a member stands in, and what their role opens."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.accounts.signed_in import SignedInRequest
from vitrine.ads.models import AdMember, AdRole, Advertiser
from vitrine.ads.models.advertiser import ACTING
from vitrine.safety.models import Decision

ANY_ROLE = frozenset(AdRole)
CAMPAIGNS = frozenset({AdRole.CAMPAIGNS})
MONEY = frozenset({AdRole.MONEY})
OWNER = frozenset[AdRole]()


@dataclass(frozen=True)
class Tab:
    """One part of an advertiser's pages. name: of its URL."""

    here: str
    label: Promise
    name: str
    roles: frozenset[AdRole]


TABS = (
    Tab("home", gettext_lazy("Campaigns"), "promote:home", ANY_ROLE),
    Tab("money", gettext_lazy("Money"), "promote:money", MONEY),
    Tab("figures", gettext_lazy("Figures"), "promote:figures", ANY_ROLE),
    Tab("beside", gettext_lazy("Beside what"), "promote:beside", CAMPAIGNS),
    Tab("programs", gettext_lazy("Programs"), "promote:programs", OWNER),
    Tab("people", gettext_lazy("People"), "promote:people", OWNER),
)


@dataclass(frozen=True)
class Account:
    """An advertiser as one of its members sees it. Templates get it as ``account``.

    stopped: what moderators decided that keeps it from advertising.
    """

    advertiser: Advertiser
    role: AdRole
    stopped: Decision | None = None

    def may(self, roles: frozenset[AdRole]) -> bool:
        """Tell whether the member has one of the roles. An owner may do everything."""
        return self.role in roles | {AdRole.OWNER}

    @property
    def tabs(self) -> list[Tab]:
        """The parts that are open to this member."""
        return [tab for tab in TABS if self.may(tab.roles)]

    @property
    def runs_campaigns(self) -> bool:
        """Tell whether the member may make and change campaigns."""
        return self.may(CAMPAIGNS)

    @property
    def is_told(self) -> bool:
        """Tell whether the member may read what moderators decided, and appeal."""
        return self.role in ACTING


def account(request: SignedInRequest, advertiser_id: str, roles: frozenset[AdRole]) -> Account:
    """Find the advertiser, for a member with one of the roles. A stranger gets 404.

    Queries: 1, or 2 while it is suspended.
    """
    member = (
        AdMember.objects.select_related("advertiser__wallet")
        .filter(advertiser__public_id=advertiser_id, person=request.user)
        .first()
    )
    return _standing(member, roles)


def account_of(request: SignedInRequest, wallet_id: int, roles: frozenset[AdRole]) -> Account:
    """Find the advertiser whose a wallet is, as ``account`` does. Queries: 1."""
    members = AdMember.objects.select_related("advertiser__wallet")
    mine = members.filter(advertiser__wallet=wallet_id, person=request.user)
    return _standing(mine.first(), roles)


def _standing(member: AdMember | None, roles: frozenset[AdRole]) -> Account:
    if member is None:
        raise Http404
    of = member.advertiser
    stopped = Decision.objects.that_suspend(of).first() if of.suspended_at else None
    standing = Account(of, AdRole(member.role), stopped)
    if not standing.may(roles):
        raise Http404
    return standing
