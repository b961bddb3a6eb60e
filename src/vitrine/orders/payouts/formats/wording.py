"""What banks' codes of returns mean, for people."""

from django.utils.translation import gettext_noop

CLOSED = gettext_noop("The account is closed.")
UNKNOWN = gettext_noop("There is no such account.")
BLOCKED = gettext_noop("The account is blocked.")
REFUSED = gettext_noop("Its owner refused the money.")

NACHA = {
    **dict.fromkeys(("R02", "R12", "R15"), CLOSED),
    **dict.fromkeys(("R03", "R04", "R13", "R20", "R28"), UNKNOWN),
    **dict.fromkeys(("R16", "R08"), BLOCKED),
    "R23": REFUSED,
}
ABA = {
    **dict.fromkeys(("3", "4"), CLOSED),
    **dict.fromkeys(("1", "5"), UNKNOWN),
    "2": BLOCKED,
}
