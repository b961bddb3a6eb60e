"""Which shop a member stands in, and what their roles open."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from vitrine.accounts.models import Person
from vitrine.catalog.models import Membership, Merchant, Role

CATALOGUE = frozenset({Role.CATALOGUE})
STOCK = frozenset({Role.CATALOGUE, Role.COUNTER, Role.ORDERS})
ORDERS = frozenset({Role.ORDERS, Role.COUNTER})
GIVING_BACK = frozenset({Role.ORDERS})
"""Refunds, disputes, and the list of everybody's addresses: not for the counter of a store."""
BILLS = frozenset({Role.ORDERS, Role.FINANCE})
TALK = frozenset({Role.CATALOGUE, Role.ORDERS})
MONEY = frozenset({Role.FINANCE})
FIGURES = frozenset({Role.CATALOGUE, Role.ORDERS, Role.FINANCE})
ANY_ROLE = frozenset(Role)
OWNER = frozenset[Role]()


class MemberRequest(HttpRequest):
    """A request of somebody signed in: what the policy MEMBER leaves through."""

    user: Person


@dataclass(frozen=True)
class Tab:
    """One part of the seller's pages. name: of its URL."""

    here: str
    label: Promise
    name: str
    roles: frozenset[Role]


TABS = (
    Tab("home", gettext_lazy("Today"), "market:home", ANY_ROLE),
    Tab("orders", gettext_lazy("Orders"), "market:orders", ORDERS),
    Tab("counter", gettext_lazy("Counter"), "market:counter", ORDERS),
    Tab("products", gettext_lazy("Products"), "market:products", CATALOGUE),
    Tab("stock", gettext_lazy("Stock"), "market:stock", STOCK),
    Tab("talk", gettext_lazy("Talk"), "market:talk", TALK),
    Tab("imports", gettext_lazy("Import"), "market:imports", CATALOGUE),
    Tab("money", gettext_lazy("Money"), "market:money", MONEY),
    Tab("cards", gettext_lazy("Gift cards"), "market:cards", MONEY),
    Tab("figures", gettext_lazy("Figures"), "market:figures", FIGURES),
    Tab("drops", gettext_lazy("Drops"), "market:drops", CATALOGUE),
    Tab("health", gettext_lazy("Health"), "market:health", ORDERS),
    Tab("people", gettext_lazy("People"), "market:people", OWNER),
    Tab("application", gettext_lazy("Application"), "market:application", OWNER),
    Tab("programs", gettext_lazy("Programs"), "market:programs", OWNER),
    Tab("promotions", gettext_lazy("Promotions"), "market:promotions", OWNER),
    Tab("commissions", gettext_lazy("Commissions"), "market:commissions", OWNER),
    Tab("settings", gettext_lazy("Settings"), "market:settings", OWNER),
)


@dataclass(frozen=True)
class Counter:
    """A merchant as one of its members sees it. Templates get it as ``counter``."""

    merchant: Merchant
    roles: frozenset[Role]

    def may(self, roles: frozenset[Role]) -> bool:
        """Tell whether the member has one of the roles. An owner may do everything."""
        return bool(self.roles & (roles | {Role.OWNER}))

    @property
    def tabs(self) -> list[Tab]:
        """The parts that are open to this member."""
        return [tab for tab in TABS if self.may(tab.roles)]

    @property
    def keeps_catalogue(self) -> bool:
        """Tell whether the member may change products."""
        return self.may(CATALOGUE)

    @property
    def handles_orders(self) -> bool:
        """Tell whether the member may hand over orders."""
        return self.may(ORDERS)

    @property
    def gives_back(self) -> bool:
        """Tell whether the member may give money back, and answer a buyer's bank."""
        return self.may(GIVING_BACK)

    @property
    def reads_bills(self) -> bool:
        """Tell whether the member may read invoices and credit notes."""
        return self.may(BILLS)

    @property
    def speaks(self) -> bool:
        """Tell whether the member may answer for the shop."""
        return self.may(TALK)

    @property
    def is_owner(self) -> bool:
        """Tell whether the member owns the shop."""
        return Role.OWNER in self.roles


def counter(request: MemberRequest, slug: str, roles: frozenset[Role]) -> Counter:
    """Find the shop by its slug, for a member with one of the roles. A stranger gets 404.

    Queries: 1.
    """
    found = list(
        Membership.objects.select_related("merchant").filter(
            merchant__slug=slug, person=request.user
        )
    )
    if not found:
        raise Http404
    standing = Counter(found[0].merchant, frozenset(Role(each.role) for each in found))
    if not standing.may(roles):
        raise Http404
    return standing
