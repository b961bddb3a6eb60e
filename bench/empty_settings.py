"""The site's own settings, with one more URL: see feed_page_urls."""

from vitrine.settings import *  # noqa: F403

ROOT_URLCONF = "bench.feed_page_urls"
