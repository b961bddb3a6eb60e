"""Call a function inside a running cell: ``python -m tests.journeys.inside NAME '{"a": 1}'``."""

import json
import sys

import django
from django.utils.module_loading import import_string


def main() -> None:
    """Print what the function returns, as JSON."""
    django.setup()
    name, arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(import_string(name)(**json.loads(arguments))) + "\n")


if __name__ == "__main__":
    main()
