"""Let the supervisor start the parts of a cell as ``python -m vitrine.ops web``."""

from vitrine.ops.cli import main

main()
