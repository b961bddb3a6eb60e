"""Copy one connection into a file, sync it, and say so: ``python -m bench.upload_bare FILE``."""

import os
import socket
import sys

CHUNK_BYTES = 1 << 20


def main() -> None:
    """Tell the port, take one connection, answer one byte when its bytes are safe."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        line, _ = server.accept()
        with line, open(sys.argv[1], "wb", buffering=0) as file:
            buffer = memoryview(bytearray(CHUNK_BYTES))
            while count := line.recv_into(buffer):
                file.write(buffer[:count])
            os.fsync(file.fileno())
            line.sendall(b".")


if __name__ == "__main__":
    main()
