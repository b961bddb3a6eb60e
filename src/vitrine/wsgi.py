"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from vitrine.catalog import public_holidays
from vitrine.kernel import addresses
from vitrine.sovereignty.cell import this_cell

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrine.settings")
application = get_wsgi_application()
addresses.remember(get_resolver())
public_holidays.warm(this_cell().country)
