"""The tests' own guard against the network, tried out: what it lets through and what it refuses."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

# An address that is set aside for documentation (RFC 5737): no machine has it.
ELSEWHERE = "192.0.2.1"


def forget_refusals() -> list[str]:
    log = Path(os.environ["LOOPBACK_ONLY_LOG"])
    refusals = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return refusals


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open_to_tests(host):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as connection:
            assert connection.getpeername()[1] == port


def test_another_machine_is_refused_and_noted():
    with pytest.raises(OSError, match="the tests stay on this machine"):
        socket.create_connection((ELSEWHERE, 80), timeout=5)
    assert ELSEWHERE in forget_refusals()[0]


def test_a_name_of_another_machine_is_not_even_looked_up():
    with pytest.raises(OSError, match="the tests stay on this machine"):
        socket.getaddrinfo("api.example.org", 443)
    assert "api.example.org" in forget_refusals()[0]


def test_a_python_started_by_a_test_is_guarded_as_well():
    script = f"import socket; socket.create_connection(('{ELSEWHERE}', 80), timeout=5)"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert outcome.returncode == 1
    assert "the tests stay on this machine" in outcome.stderr
    assert ELSEWHERE in forget_refusals()[0]
