"""Every kind of job, killed before each of its steps and run again: done once, and all is sound."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tests.kills import (
    ads_jobs,
    card_jobs,
    clip_jobs,
    commission_jobs,
    deposit_jobs,
    feed_jobs,
    ledger_jobs,
    order_jobs,
    program_jobs,
    safety_jobs,
    talk_jobs,
    telling_jobs,
)
from tests.kills.jobs import CASES, ELSEWHERE, Job
from tests.nightly import IS_NIGHT
from vitrine.accounts import encrypting
from vitrine.feed.learning import served, snapshots
from vitrine.kernel import storage
from vitrine.kernel.invariants import REGISTER
from vitrine.videos import hearing

ROOT = Path(__file__).resolve().parents[2]
LIBRARYS = {"builtin:procrastinate.builtin_tasks.remove_old_jobs"}
"""Its own task, which nobody starts here."""

MOST_KILLS = 24 if IS_NIGHT else 4
"""Of one kind of job: the first step, the last, and others between."""

Fate = Callable[[str, Job, int | None], str]


@pytest.fixture
def speech_model(tmp_path: Path) -> Path:
    """Make the directory of a model: what hears is the fake."""
    for name in hearing.NEEDED:
        (tmp_path / name).touch()
    return tmp_path


@pytest.fixture
def fate(transactional_db: None, speech_model: Path) -> Iterator[Fate]:
    """Return what does a job in a process that dies before a step (None: lives)."""
    database = connection.settings_dict
    with (
        telling_jobs.push_service(),
        ads_jobs.demand_partner() as demand_partner,
        subprocess.Popen(
            [sys.executable, "-m", "tests.kills.mortal"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
                "VITRINE_AV1_VIEWS": "1",
                "VITRINE_PUSH_KEY": encrypting.new_key(),
                "VITRINE_PUSH_HOSTS": "127.0.0.1=The fake, US",
                "VITRINE_RTB": demand_partner,
                "VITRINE_SPEECH_MODEL": str(speech_model),
                "VITRINE_DATABASE_URL": "postgresql://{USER}@/{NAME}?host={HOST}&port={PORT}".format_map(
                    database
                ),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        asked, told = process.stdin, process.stdout
        assert asked is not None
        assert told is not None

        def tell(task: str, job: Job, step: int | None) -> str:
            order = {"task": task, "arguments": job.arguments, "step": step}
            at = job.at and job.at.isoformat()
            asked.write(json.dumps({**order, "at": at}) + "\n")
            asked.flush()
            return told.readline().strip()

        yield tell
        asked.close()
    shutil.rmtree(snapshots.root())
    served.forget()
    storage.delete(*storage.list_keys(""))


def test_every_kind_of_job_is_killed_somewhere() -> None:
    ours = {task.name for task in app.tasks.values()} - LIBRARYS

    for module in (
        ads_jobs,
        card_jobs,
        clip_jobs,
        commission_jobs,
        deposit_jobs,
        feed_jobs,
        ledger_jobs,
        order_jobs,
        program_jobs,
        safety_jobs,
        talk_jobs,
        telling_jobs,
    ):
        assert module.__name__  # imported for the cases that it adds
    assert ours == CASES.keys() | ELSEWHERE.keys()
    for test in ELSEWHERE.values():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text()


@pytest.mark.django_db(transaction=True)
def test_each_job_killed_before_any_step_and_run_again_is_done_once(fate: Fate) -> None:
    for task, case in CASES.items():
        done_whole(task, case(), fate)  # and with it what other kinds of job left to do
        steps = done_whole(task, case(), fate)
        assert steps > 0, f"{task} did nothing"

        for step in spread(steps):
            job = case()
            assert fate(task, job, step) == "killed", f"{task} lived to step {step} of {steps}"
            done_whole(task, job, fate, after=f"a kill before step {step} of {steps}")

    broken = [
        f"{invariant.code}: {found}"
        for invariant in REGISTER
        for found in invariant.check().violations
    ]
    assert broken == []


def done_whole(task: str, job: Job, fate: Fate, *, after: str = "") -> int:
    """Do a job and look at its effect; return its steps."""
    steps = fate(task, job, None)
    assert steps.isdigit(), f"{task} failed after {after or 'nothing'}"
    try:
        job.is_done()
        if not after:
            job.lived()
    except Exception as wrong:
        raise AssertionError(f"{task}, after {after or 'nothing'}") from wrong
    return int(steps)


def spread(steps: int) -> list[int]:
    """Return which steps to die before: all, or as many over the whole length."""
    return sorted({round(place * (steps - 1) / (MOST_KILLS - 1)) for place in range(MOST_KILLS)})
