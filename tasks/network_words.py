"""What went wrong on the network, in words for a person; never an error's own text, which may hold an address."""

from __future__ import annotations

import socket
import ssl


def in_words(error: BaseException, host: str) -> str:
    """What lies behind an error of a client, about `host`; empty where it is none of the usual faults."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case socket.gaierror():
                return f"the name {host} cannot be looked up: is this machine on the network?"
            case ConnectionRefusedError():
                return f"{host} refused the connection"
            case ssl.SSLCertVerificationError():
                return f"the certificate of {host} is not one that this machine trusts"
            case ConnectionError():
                return f"the connection to {host} was cut"
            case TimeoutError():
                return f"{host} gave no answer in time"
        cause = cause.__cause__ or cause.__context__
    return ""
