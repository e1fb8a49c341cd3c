"""The virus scanner's protocol, against a stand-in that speaks it on a real socket."""

import socket

import pytest

from people import gateway
from tests.factories.clamd import EICAR, clamd, over_tcp


def test_a_clean_file_has_no_finding():
    listener, url = over_tcp()
    with clamd(listener) as seen:
        assert gateway.scan([b"a" * 100_000, b"", b"b"], url=url) == ""
    assert seen == [(b"zINSTREAM\0", b"a" * 100_000 + b"b")]


def test_an_infected_file_is_named():
    listener, url = over_tcp()
    with clamd(listener):
        assert gateway.scan([EICAR], url=url) == "Eicar-Test-Signature"


def test_a_scanner_on_a_unix_socket_is_asked_too(tmp_path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "clamd"))
    with clamd(listener):
        assert gateway.scan([EICAR], url=f"unix://{tmp_path / 'clamd'}") == "Eicar-Test-Signature"


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: broken ERROR\0", b"hello\0"])
def test_an_answer_that_is_no_verdict_is_not_believed(answer):
    listener, url = over_tcp()
    with clamd(listener, lambda content: answer), pytest.raises(gateway.ScannerUnreachable):
        gateway.scan([b"x"], url=url)


@pytest.mark.parametrize("scheme", ["tcp", "unix"])
def test_a_scanner_that_is_not_there_is_unreachable(tmp_path, scheme):
    listener, url = over_tcp()
    listener.close()
    with pytest.raises(gateway.ScannerUnreachable):
        gateway.scan([b"x"], url=url if scheme == "tcp" else f"unix://{tmp_path}/none")
