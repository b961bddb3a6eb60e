"""What is learnt on two processors of a cluster: the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.feed.test_learning import a_little_log
from vitrine.feed.learning import building, log, on_ray, rebuilding
from vitrine.feed.learning.tables import Tables

needs_ray = pytest.mark.skipif(
    not on_ray.is_there(), reason="Ray is an extra, and not installed here."
)


@needs_ray
@pytest.mark.django_db
def test_two_processors_of_a_cluster_build_what_one_process_builds() -> None:
    a_little_log()
    read = log.read()

    with on_ray.engine(processors=2) as engine:
        shared_out = building.built(read, engine=engine)
    alone = building.built(read)

    for name in Tables.names():
        one, other = getattr(alone, name), getattr(shared_out, name)
        assert (name, one.tobytes()) == (name, other.tobytes())


@needs_ray
@pytest.mark.django_db
@pytest.mark.usefixtures("learnt_folder")
def test_the_command_on_a_cluster_writes_the_same_tables() -> None:
    a_little_log()

    assert rebuilding.rebuild(with_ray=True) == rebuilding.rebuild()


@pytest.mark.skipif(on_ray.is_there(), reason="Ray is installed here.")
def test_who_has_no_ray_is_told_what_to_install(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]

    said = subprocess.run(
        [sys.executable, "-m", "vitrine.ops", "learn", "--engine", "ray", "--data", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert said.returncode == 1
    assert "Install Vitrine with the extra “ray”." in said.stderr
