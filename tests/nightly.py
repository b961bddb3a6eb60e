"""Whether this is the long run of the night (``VITRINE_NIGHTLY=1``): see CONTRIBUTING.md."""

import os

IS_NIGHT = os.environ.get("VITRINE_NIGHTLY") == "1"
