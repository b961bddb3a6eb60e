"""A migrated Postgres, kept between runs of the suite: making one takes some ten seconds.

It is good for as long as the migrations, what they import, and the locked dependencies say what
they said. A fresh checkout has none, so there the migrations run.
"""

import ast
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
KEPT = ROOT / ".test_schema"
DATA = {".json", ".csv", ".toml", ".txt"}


def take(directory: Path) -> bool:
    """Put the kept Postgres into a directory, owners kept. Returns False if there is none."""
    kept = KEPT / _fingerprint()
    if not kept.exists():
        return False
    subprocess.run(["cp", "-a", str(kept), str(directory)], check=True)
    return True


def keep(directory: Path) -> None:
    """Keep a Postgres that has stopped, in place of what was kept."""
    kept = KEPT / _fingerprint()
    if kept.exists():
        return
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(exist_ok=True)
    whole = KEPT / f"{directory.parent.name}.part"
    subprocess.run(["cp", "-a", str(directory), str(whole)], check=True)
    whole.rename(kept)


def _fingerprint() -> str:
    migrations = sorted(SOURCE.glob("vitrine/*/migrations/*.py"))
    says = {ROOT / "requirements-dev.lock", *migrations}
    for migration in migrations:
        says.update(_imported_by(migration))
    told = hashlib.sha256()
    for path in sorted(says):
        told.update(path.read_bytes())
    return told.hexdigest()[:16]


def _imported_by(source: Path) -> Iterator[Path]:
    """Yield our own modules that a module names, and the data that lie beside them."""
    for node in ast.walk(ast.parse(source.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            path = (SOURCE / name.replace(".", "/")).with_suffix(".py")
            if name.startswith("vitrine.") and path.exists():
                yield path
                yield from (beside for beside in path.parent.iterdir() if beside.suffix in DATA)
