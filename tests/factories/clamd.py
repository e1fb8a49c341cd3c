"""A stand-in for the virus scanner clamd, on a real socket."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


Verdict = Callable[[bytes], bytes]


def find_eicar(content: bytes) -> bytes:
    """The verdict on a file: only the test text is a finding."""
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


def _exactly(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        part = connection.recv(count - len(got))
        if not part:
            raise ConnectionError("the client went away")
        got += part
    return got


def _serve(listener: socket.socket, verdict: Verdict, seen: list[tuple[bytes, bytes]]) -> None:
    connection, _ = listener.accept()
    with connection:
        command = _exactly(connection, len(b"zINSTREAM\0"))
        content = b""
        while size := struct.unpack("!L", _exactly(connection, 4))[0]:
            content += _exactly(connection, size)
        seen.append((command, content))
        answer = verdict(content)
        # In two pieces, as a network may deliver it.
        connection.sendall(answer[:4])
        connection.sendall(answer[4:])


@contextmanager
def clamd(listener: socket.socket, verdict: Verdict = find_eicar) -> Iterator[list[tuple[bytes, bytes]]]:
    """A scanner for one file; yields what it was sent."""
    listener.listen()
    seen: list[tuple[bytes, bytes]] = []
    thread = threading.Thread(target=_serve, args=(listener, verdict, seen), daemon=True)
    thread.start()
    with listener:
        yield seen
        thread.join(5)


def over_tcp() -> tuple[socket.socket, str]:
    """A port of this machine's, and its address as CLAMD_URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"tcp://127.0.0.1:{listener.getsockname()[1]}"
