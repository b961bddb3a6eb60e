"""Copy one connection into a file: ``python -m bench.upload_bare FILE PART_BYTES``.

Each part is synced and answered with one byte, and so is the end. Nothing is synced
into /dev/null.
"""

import os
import socket
import stat
import sys

CHUNK_BYTES = 1 << 20


def main() -> None:
    """Tell the port, take one connection, write what comes."""
    path, part_bytes = sys.argv[1], int(sys.argv[2])
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        line, _ = server.accept()
        with line, open(path, "wb", buffering=0) as file:
            buffer = memoryview(bytearray(CHUNK_BYTES))
            missing = part_bytes
            while count := line.recv_into(buffer, min(CHUNK_BYTES, missing)):
                file.write(buffer[:count])
                missing -= count
                if not missing:
                    _safe(file.fileno(), line)
                    missing = part_bytes
            _safe(file.fileno(), line)


def _safe(file: int, line: socket.socket) -> None:
    if stat.S_ISREG(os.fstat(file).st_mode):
        os.fsync(file)
    line.sendall(b".")


if __name__ == "__main__":
    main()
