"""Write a shop as a feed, in a process of its own: ``python -m bench.feeds_out DATA SHOP FILE``."""

import sys
from pathlib import Path

from vitrine.ops import inside

if __name__ == "__main__":
    data, shop, file = sys.argv[1:]
    with inside.cell(Path(data)):
        inside.call("bench.feeds_fill.write_out", shop, file)
