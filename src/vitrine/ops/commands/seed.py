"""``vitrine seed``, which `up` calls: the demo content."""

from django.utils import timezone

from vitrine.ops import inside, options

app = options.command_app()


@app.command()
def seed(data: options.Data = options.DEFAULT_DATA) -> None:
    """Put the demo content into a cell. Safe to run twice, and after an interruption."""
    with inside.cell(data):
        inside.call("vitrine.ops.demo.seeding.seed", at=timezone.now())
