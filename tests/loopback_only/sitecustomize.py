"""Keeps tests, and every Python that they start, from reaching beyond this machine.

Python imports `sitecustomize` by itself when its folder is on PYTHONPATH; tests/conftest.py puts it
there. An attempt fails as an unreachable network does, and is noted in the file that
LOOPBACK_ONLY_LOG names, so that a test cannot pass by swallowing it.
"""

import os
import sys

REACHES_OUT = frozenset(
    ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")
)


def host_of(event: str, arguments: tuple) -> str:
    """The host that an audit event is about; '' where it is no network address (a Unix socket, none)."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        address = arguments[1]
        is_internet = arguments[0].family.name in ("AF_INET", "AF_INET6")
        host = address[0] if is_internet and isinstance(address, tuple) else ""
    return host.decode(errors="replace") if isinstance(host, bytes) else host or ""


def is_on_this_machine(host: str) -> bool:
    """True for loopback and unspecified addresses and this machine's own name."""
    import ipaddress
    import socket

    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def refuse_other_hosts(event: str, arguments: tuple) -> None:
    """Audit hook: raises OSError for an address of another machine, and notes it."""
    if event not in REACHES_OUT:
        return
    host = host_of(event, arguments)
    if is_on_this_machine(host):
        return
    attempt = f"{event} to {host} by {' '.join(sys.argv[:3])}"
    if log := os.environ.get("LOOPBACK_ONLY_LOG"):
        with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123 - pathlib is slow to import at each start
            file.write(attempt + "\n")
    raise OSError(101, f"Network is unreachable: the tests stay on this machine ({attempt})")


sys.addaudithook(refuse_other_hosts)
