"""The fork server, with a cell's real parts but without a cell: no database is needed to load."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from bench import cells
from tests.ops import machine
from vitrine.ops.datadir import DataDir
from vitrine.ops.forkserver import Fork, ForkServer
from vitrine.ops.trouble import Trouble

pytestmark = pytest.mark.machine

HELP = ["worker", "--help"]
FOREVER = ["web", "--port", "0"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = DataDir(tmp_path_factory.mktemp("parts") / "cell")
    directory.prepare(cell="nz")
    return directory.path


@pytest.fixture
def server(folder: Path) -> Iterator[ForkServer]:
    settings = DataDir(folder).environment(origin="http://localhost:1")
    server = ForkServer({**cells.clean_environment(), **settings}, folder, folder / "loading.log")
    server.start()
    machine.wait_until(lambda: _has_loaded(server))
    yield server
    server.close()


def _has_loaded(server: ForkServer) -> bool:
    server.listen()
    assert server.lives(), server.log.read_text()
    return server.is_ready


def _started(server: ForkServer, arguments: list[str]) -> Fork:
    return server.spawn(arguments, log=server.folder / "part.log")


def test_a_part_does_its_work_in_a_log_of_its_own_and_its_end_is_told(server: ForkServer) -> None:
    log = server.folder / "help.log"

    part = server.spawn(HELP, log=log)

    assert part.wait(machine.PATIENCE_SECONDS) == 0
    assert "Run only a worker" in log.read_text()
    assert server.spawn(["worker", "--nonsense"], log=log).wait(machine.PATIENCE_SECONDS) == 2


def test_a_part_has_a_group_and_a_name_of_its_own(server: ForkServer) -> None:
    part = _started(server, FOREVER)

    machine.wait_until(lambda: os.getpgid(part.pid) == part.pid)
    machine.wait_until(lambda: psutil.Process(part.pid).name() == "vitrine web")
    with pytest.raises(subprocess.TimeoutExpired):
        part.wait(0)
    os.killpg(part.pid, signal.SIGKILL)

    assert part.wait(machine.PATIENCE_SECONDS) == -signal.SIGKILL
    part.send_signal(signal.SIGTERM)  # to nobody


def test_parts_end_with_their_fork_server_and_the_next_part_has_another(
    server: ForkServer,
) -> None:
    part = _started(server, FOREVER)
    machine.wait_until(lambda: psutil.Process(part.pid).name() == "vitrine web")
    assert server.process is not None

    server.process.kill()

    assert part.wait(machine.PATIENCE_SECONDS) == -signal.SIGTERM
    assert not machine.lives(psutil.Process(part.pid)) if psutil.pid_exists(part.pid) else True
    assert _started(server, HELP).wait(machine.PATIENCE_SECONDS) == 0


def test_what_cannot_be_loaded_says_so(folder: Path) -> None:
    settings = DataDir(folder).environment(origin="http://localhost:1") | {"VITRINE_CELL": "xx"}
    server = ForkServer({**cells.clean_environment(), **settings}, folder, folder / "not.log")
    server.start()

    with pytest.raises(Trouble, match="fork server"):
        _started(server, HELP)

    assert "VITRINE_CELL" in server.log.read_text()
    server.close()
