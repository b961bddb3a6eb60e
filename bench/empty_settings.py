"""The site's own settings, with one more URL: see empty_urls."""

from vitrine.settings import *  # noqa: F403

ROOT_URLCONF = "bench.empty_urls"
