"""The web process's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from vitrine.orders import workdays
from vitrine.sovereignty.cell import this_cell

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrine.settings")
application = get_wsgi_application()
workdays.warm(this_cell().country)
