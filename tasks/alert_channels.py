"""How an alert leaves the machine: e-mail by SMTP with STARTTLS, and a webhook; set up by environment variables."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Protocol

from catalogue.errors import HelhedsplanError
from tasks.alert_causes import Cause
from tasks.alert_texts import body, subject
from tasks.network_words import in_words

PREFIX = "HELHEDSPLAN_"
SECONDS = 10.0
_SUBMISSION_PORT = 587
_MOSTLY = f"mostly {_SUBMISSION_PORT}, in {PREFIX}SMTP_PORT"
# The first kind that an error is of, the narrow ones before the wide.
_REFUSALS: dict[type[Exception], str] = {
    smtplib.SMTPAuthenticationError: (
        f"the server does not accept user and password{{code}}; correct {PREFIX}SMTP_USER and _PASSWORD"
    ),
    smtplib.SMTPSenderRefused: f"the server does not accept the sender{{code}}; correct {PREFIX}SMTP_FROM",
    smtplib.SMTPRecipientsRefused: f"the server accepts none of the addresses; correct {PREFIX}SMTP_TO",
    smtplib.SMTPResponseException: "the server refused it{code}; ask who runs the server",
    smtplib.SMTPServerDisconnected: (f"the server hung up on port {{port}}; name one that speaks STARTTLS, {_MOSTLY}"),
    ssl.SSLCertVerificationError: f"its certificate is not trusted; name its authority in {PREFIX}SMTP_CA_FILE",
}


class Channel(Protocol):
    """One way to tell an alert."""

    @property
    def name(self) -> str:
        """What the ledger calls it."""
        ...

    def send(self, cause: Cause) -> str:
        """Send it; returns what went wrong, in words without secrets, or an empty text."""
        ...


def channels(environment: Mapping[str, str]) -> list[Channel]:
    """The channels that are set up. Raises HelhedsplanError where what is set is not enough, or not understood."""
    found: list[Channel] = []
    if environment.get(f"{PREFIX}SMTP_HOST"):
        found.append(_mail(environment))
    if url := environment.get(f"{PREFIX}WEBHOOK_URL"):
        found.append(Webhook(url))
    return found


def _mail(environment: Mapping[str, str]) -> Mail:
    given = {name: environment.get(f"{PREFIX}SMTP_{name}", "") for name in ("HOST", "FROM", "TO", "USER", "CA_FILE")}
    port = environment.get(f"{PREFIX}SMTP_PORT") or str(_SUBMISSION_PORT)
    lacking = [f"{PREFIX}SMTP_{name}" for name in ("FROM", "TO") if not given[name]]
    if lacking or not port.isdecimal():
        raise HelhedsplanError(
            "alerts by e-mail are set up by halves",
            place="environment variables",
            expected=f"{PREFIX}SMTP_HOST, _FROM, _TO, and _PORT as a number if it is not {_SUBMISSION_PORT}",
            found=f"no {', '.join(lacking)}" if lacking else f"{PREFIX}SMTP_PORT={port}",
            do="set them where the schedule runs; docs/runbook.md lists them",
        )
    to = tuple(address.strip() for address in given["TO"].split(",") if address.strip())
    return Mail(given["HOST"], int(port), given["FROM"], to, given["USER"], _password(environment), given["CA_FILE"])


def _password(environment: Mapping[str, str]) -> str:
    path = environment.get(f"{PREFIX}SMTP_PASSWORD_FILE")
    if not path:
        return environment.get(f"{PREFIX}SMTP_PASSWORD", "")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise HelhedsplanError(
            "the password for alerts by e-mail cannot be read",
            place=path,
            found=error.strerror or str(error),
            do=f"let this user read the file that {PREFIX}SMTP_PASSWORD_FILE names",
        ) from error


@dataclass(frozen=True)
class Mail:
    """E-mail to one or more addresses. The connection is encrypted and the server's certificate verified, always."""

    host: str
    port: int
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password: str = ""
    ca_file: str = ""
    name: str = "email"

    def send(self, cause: Cause) -> str:
        """See Channel."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file or None)
            with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as server:
                server.starttls(context=context)
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(self._message(cause))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            return f"e-mail by {self.host}: {self._in_words(error)}"
        if refused:
            return f"e-mail by {self.host}: {len(refused)} of {len(self.to)} addresses refused; correct {PREFIX}SMTP_TO"
        return ""

    def _in_words(self, error: Exception) -> str:
        """What went wrong and what to do; none of the server's own words, which may repeat what it was told."""
        if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
            return f"the server offers no STARTTLS on port {self.port}; name one that does, {_MOSTLY}"
        if isinstance(error, (FileNotFoundError, PermissionError)) and self.ca_file:
            return f"{self.ca_file} cannot be read; correct {PREFIX}SMTP_CA_FILE"
        words = next((said for kind, said in _REFUSALS.items() if isinstance(error, kind)), None)
        if words is None:
            found = in_words(error, self.host) or type(error).__name__
            return f"{found}; correct {PREFIX}SMTP_HOST and _PORT, or the network"
        code = f" (code {error.smtp_code})" if isinstance(error, smtplib.SMTPResponseException) else ""
        return words.format(code=code, port=self.port)

    def _message(self, cause: Cause) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self.sender, ", ".join(self.to)
        message["Subject"] = subject(cause)
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or None)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body(cause))
        return message


@dataclass(frozen=True)
class Webhook:
    """A POST of JSON: `text` for a chat's screen, and kind, about, since and cause for programs."""

    url: str
    name: str = "webhook"

    def send(self, cause: Cause) -> str:
        """See Channel."""
        import httpx

        told = {"text": f"{subject(cause)}\n\n{body(cause)}", "kind": cause.kind, "about": cause.about}
        try:
            answer = httpx.post(self.url, json=told | {"since": cause.since, "cause": cause.key}, timeout=SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            # Not the error's own words: the address of a webhook is a secret.
            return f"webhook: {in_words(error, 'its host') or type(error).__name__}; correct {PREFIX}WEBHOOK_URL"
        return "" if answer.is_success else f"webhook: it answered with HTTP {answer.status_code}"
