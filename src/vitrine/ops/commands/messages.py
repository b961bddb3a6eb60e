"""``vitrine messages``: bring the catalogues of translations up to date."""

import os

import django
from rich.console import Console

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def messages() -> None:
    """Collect the words of pages and mails into the catalogues, and compile them."""
    os.environ.update(DJANGO_SETTINGS_MODULE="vitrine.settings", VITRINE_DEBUG="1")
    django.setup()
    for language, lacking in inside.call("vitrine.ops.messages.write_all").items():
        Console().print(f"{language}: {f'{lacking} to translate' if lacking else 'complete'}")
