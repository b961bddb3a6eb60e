"""One processor or two: the same log gives the same bits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nightly import IS_NIGHT

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not IS_NIGHT, reason="Compiles everything twice: VITRINE_NIGHTLY=1.")
def test_what_is_shared_out_is_what_one_does_alone(tmp_path: Path) -> None:
    alone, shared_out = (
        subprocess.run(
            [sys.executable, "-m", "tests.recommend.digesting"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "NUMBA_NUM_THREADS": str(processors),
                "OPENBLAS_NUM_THREADS": str(processors),
                "NUMBA_CACHE_DIR": str(tmp_path / str(processors)),
            },
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for processors in (1, 2)
    )

    assert len(alone.strip()) == 64
    assert alone == shared_out


def test_what_serves_pages_loads_no_compiler() -> None:
    modules = ("foretelling", "mixing", "reach", "speaking", "watch_time")
    loads = "; ".join(f"import vitrine.recommend.{name}" for name in modules)

    found = subprocess.run(
        [sys.executable, "-c", f"import sys; {loads}; print('numba' in sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert found.strip() == "False"
