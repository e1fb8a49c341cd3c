"""The virus scanner: clamd, asked over its socket (INSTREAM), and never believed when it is silent."""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import urlsplit

CHUNK = 64 * 1024
TIMEOUT_SECONDS = 30


class ScannerUnreachable(Exception):
    """clamd could not be asked, or gave no verdict."""


def scan(chunks: Iterable[bytes], *, url: str) -> str:
    """The name of what clamd found in a file, empty for a clean one; `url` is tcp://host:port or unix:///path.

    Raises ScannerUnreachable for silence and for any answer that is no verdict, for example a file over clamd's own limit.
    """
    try:
        with closing(_connect(url)) as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                for start in range(0, len(chunk), CHUNK):
                    part = chunk[start : start + CHUNK]
                    connection.sendall(struct.pack("!L", len(part)) + part)
            connection.sendall(struct.pack("!L", 0))
            answer = _read(connection)
    except OSError as broken:
        raise ScannerUnreachable(str(broken)) from broken
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerUnreachable(answer or "no answer")


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((parts.hostname or "localhost", parts.port or 3310), timeout=TIMEOUT_SECONDS)


def _read(connection: socket.socket) -> str:
    """The whole answer; clamd ends it with a zero byte and closes."""
    answer = b""
    while b"\0" not in answer and (part := connection.recv(4096)):
        answer += part
    return answer.rstrip(b"\0").decode(errors="replace")
