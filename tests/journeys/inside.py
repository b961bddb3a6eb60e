"""Call functions inside a running cell, as told on standard input: ["NAME", {"a": 1}] a line."""

import json
import sys
import traceback

import django
from django.utils.module_loading import import_string


def main() -> None:
    """Print for each line what the function returned, or its traceback, as JSON."""
    django.setup()
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"returned": import_string(name)(**arguments)}
        except Exception:  # noqa: BLE001 (told to whoever asked)
            answer = {"trouble": traceback.format_exc()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
