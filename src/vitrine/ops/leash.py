"""Start another program so that it dies with its parent, if need be as another user.

Run as a script, ``python -IS leash.py '{"signal": 2, ...}' program arguments``, it arranges what
must survive ``exec`` and becomes the program, under the same process id. It stands alone on
purpose: it runs before any import path is set up, and in the few milliseconds before ``exec``.

Why a script and not ``preexec_fn``: that runs Python between fork and exec, where a lock held by
another thread of the parent can stop it for ever.
"""

import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 1 << 2
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, *arguments: int) -> None:
    padded = [*arguments, 0, 0, 0, 0][:4]
    _checked(_libc().prctl(option, *(ctypes.c_ulong(argument) for argument in padded)))


def die_with_parent(death_signal: int, *, parent: int) -> None:
    """Have the kernel signal this process when the thread that started it ends.

    parent: the process id the caller expects; when it has already gone, leave at once.
    Only Linux offers this; elsewhere a killed supervisor leaves its children running.
    """
    if sys.platform != "linux":
        return
    _prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def become(uid: int, *, capabilities: tuple[int, ...] = ()) -> None:
    """Turn root into an unprivileged user that keeps only these capabilities across exec.

    The secure bit keeps them through the change of user; it also has ``access(2)`` respect them,
    by which Postgres looks for its own programs.
    """
    if capabilities:
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    if capabilities:
        mask = sum(1 << capability for capability in capabilities)
        sets = (_Sets * 2)(_Sets(mask, mask, mask), _Sets(0, 0, 0))
        header = _Header(CAPABILITY_VERSION_3, 0)
        _checked(_libc().capset(ctypes.byref(header), ctypes.byref(sets)))
        for capability in capabilities:
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def command(
    argv: list[str],
    *,
    death_signal: int = signal.SIGTERM,
    uid: int | None = None,
    capabilities: tuple[int, ...] = (),
) -> list[str]:
    """Return the command line that runs argv on a leash held by the calling process."""
    terms = {
        "signal": int(death_signal),
        "parent": os.getpid(),
        "uid": uid,
        "capabilities": capabilities,
    }
    return [sys.executable, "-IS", os.path.abspath(__file__), json.dumps(terms), *argv]


if __name__ == "__main__":
    terms = json.loads(sys.argv[1])
    if terms["uid"] is not None:
        become(terms["uid"], capabilities=tuple(terms["capabilities"]))
    # After the change of user, which clears it.
    die_with_parent(terms["signal"], parent=terms["parent"])
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606  (there is no shell, which is the point)
