"""Raise the walls around one process, then become it.

Started by ``jail.py`` as ``python -I -S jail_exec.py <order as JSON>``. It is a program of its
own because code between fork and exec is unsafe where the parent has threads. Only the standard
library, and little of it: this file's start is part of every ffmpeg call (about 15 ms).

A wall that the kernel refuses is named on standard error ("jail: without …") and the others stand.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys

CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWNET = 0x4000000, 0x8000000, 0x10000000, 1 << 30
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446

FS_RIGHTS_BY_ABI = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 4: 1 << 15, 5: 1 << 16}
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, IOCTL_DEVICE = 1, 2, 4, 8, 1 << 15
READ_ONLY = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE
ON_DEVICES = READ_FILE | WRITE_FILE | IOCTL_DEVICE
DRIVERS = (
    *("/sys", "/usr/share/libdrm", "/proc/self", "/proc/driver", "/proc/devices"),
    *("/proc/modules", "/proc/meminfo", "/proc/cpuinfo"),
)
"""What a driver reads to find its device."""
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/nix/store", "/etc/ld.so.cache")

libc = ctypes.CDLL(None, use_errno=True)


def without(wall: str) -> None:
    """Tell the parent that one wall could not be raised."""
    os.write(2, f"jail: without {wall}\n".encode())


def leave_the_network() -> None:
    """Enter namespaces with no network and, where allowed, no privilege over the machine."""
    alone = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    if libc.unshare(alone | CLONE_NEWUSER) and libc.unshare(alone):
        without("its own network namespace")


def close_the_file_system(folder: str, binary: str, devices: list[str]) -> None:
    """Let the process see its own folder, its binary and the system's libraries (Landlock).

    devices: files that it may use, too, and with them what their drivers read.
    """
    abi = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        without("a closed file system")
        return
    every = FS_RIGHTS_BY_ABI.get(abi, 1 << 16) - 1
    network = 3 if abi >= 4 else 0
    scope = 3 if abi >= 6 else 0
    handled = struct.pack("=QQQ", every, network, scope)[: 8 if abi < 4 else 16 if abi < 6 else 24]
    rules = libc.syscall(LANDLOCK_CREATE, handled, len(handled), 0)
    for path, rights in [
        (folder, every),
        (binary, READ_ONLY),
        *((p, READ_ONLY) for p in LIBRARIES),
        *((p, READ_FILE | READ_DIR) for p in DRIVERS if devices),
        *((p, ON_DEVICES) for p in devices),
    ]:
        allow(rules, path, rights & every)
    if rules < 0 or libc.syscall(LANDLOCK_RESTRICT, rules, 0):
        without("a closed file system")


def allow(rules: int, path: str, rights: int) -> None:
    """Add one path to a Landlock rule set; a path that is absent needs no rule."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not os.path.isdir(path):
        rights &= ON_FILES | IOCTL_DEVICE
    libc.syscall(LANDLOCK_ADD, rules, 1, struct.pack("=Qi", rights, opened), 0)
    os.close(opened)


def main() -> None:
    """Raise every wall and exec."""
    order = json.loads(sys.argv[1])
    for name, value in order["limits"].items():
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))
    os.chdir(order["folder"])
    os.umask(0o077)
    leave_the_network()
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    close_the_file_system(order["folder"], order["command"][0], order["devices"])
    # Last of the walls, because a change of credentials clears it.
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != order["parent"]:
        os.kill(os.getpid(), signal.SIGKILL)
    os.execve(order["command"][0], order["command"], order["environment"])  # noqa: S606


if __name__ == "__main__":
    main()
