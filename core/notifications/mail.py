"""Sends messages by SMTP, as plain text and as HTML that contains only escaped text."""

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate
from html import escape
from itertools import groupby
from typing import Any

from core.errors import NotDelivered
from core.notifications.error_text import error_text
from core.notifications.message import Message, Picture
from core.notifications.partial_deliveries import PartialDeliveries
from core.phrases import counted, shortened
from core.schemas.notification_channel import EmailAddress

TIMEOUT_SECONDS = 30.0
AUTHENTICATED = 235  # RFC 4954, 6
PERMANENT = 500  # RFC 5321, 4.2.1: lower codes, for instance of greylisting, are worth a retry
NO_RECIPIENT = "undisclosed-recipients:;"  # RFC 5322, 3.4: an empty group
PICTURE_ID = "screenshot@watchwright"
IMAGE = (
    f'<p><img src="cid:{PICTURE_ID}" alt="Screenshot of the page" '
    'style="max-width: 100%; border: 1px solid #e4e7ec; border-radius: 6px"></p>'
)
URL = re.compile(r"https?://[^\s<>\"]+")
LABELLED = re.compile(r"(?P<words>Acknowledge all|Acknowledge|Unsubscribe): (?P<url>https?://[^\s<>\"]+)")
MAX_SHOWN = 72  # characters of an address that are shown; with a ticket it would take three lines
ITEM = "• "  # precedes each website in a digest
STYLE = "font: 15px/1.5 -apple-system, Segoe UI, Roboto, sans-serif; color: #101828; max-width: 36em"


class Mailer:
    """Sends messages by SMTP; a retry goes only to recipients for whom the server has not accepted the message yet."""

    def __init__(self) -> None:
        self._partial = PartialDeliveries()

    def deliver(self, address: EmailAddress, message: Message, key: str) -> str:
        """Send *message* to all recipients and return the server's answer; blocks.

        If the server accepts the message for some recipients and refuses others for good, the answer names the refused
        ones, and there is no retry.

        Raises:
            NotDelivered: The server refused the message, all recipients or one temporarily, or is unreachable.
        """
        sent = (key, address.host, address.port, message.content())  # a retry may have another content
        accepted = self._partial.take(sent)
        waiting = [recipient for recipient in address.recipients if recipient not in accepted]
        try:
            refused = _send(address, compose(address, message, key), waiting) if waiting else {}
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except (smtplib.SMTPException, OSError) as error:
            self._partial.remember(sent, accepted)
            raise NotDelivered(f"{address.host}: {error_text(error)}.") from error
        words = f"{address.host} refused {error_text(smtplib.SMTPRecipientsRefused(refused))}."
        accepted |= set(waiting) - refused.keys()
        if not accepted or any(code < PERMANENT for code, _said in refused.values()):
            self._partial.remember(sent, accepted)
            raise NotDelivered(words)
        taken = counted(len(address.recipients) - len(refused), "recipient")
        return f"Accepted by {address.host} for {taken}." + (f" {words}" if refused else "")


def _send(address: EmailAddress, mail: EmailMessage, recipients: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Send *mail* and return the refused recipients, each with the server's answer."""
    with _connected(address) as server:
        if address.username:
            _sign_in(server, address.username, address.password or "")
        return server.send_message(mail, to_addrs=recipients)


def compose(address: EmailAddress, message: Message, key: str) -> EmailMessage:
    """Compose the mail; its Message-ID is the same in every attempt, so that mailboxes can recognise duplicates."""
    mail = EmailMessage(policy=_Policy())
    mail["Subject"] = " ".join(message.title.split())
    is_hidden = message.hides_recipients and len(address.recipients) > 1
    mail["From"], mail["To"] = address.sender, NO_RECIPIENT if is_hidden else ", ".join(address.recipients)
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = _message_id(address, key)
    if message.follows:  # in the thread of the failure's mail
        mail["In-Reply-To"] = mail["References"] = _message_id(address, message.follows)
    if message.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        if message.unsubscribe_url.startswith("https:"):  # RFC 8058: some mail programs show a button of their own
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(message.text)
    shown = _html(message.text) + (IMAGE if message.picture else "")
    html = f'<div style="{STYLE}"><h1 style="font-size: 18px">{escape(message.title)}</h1>{shown}</div>'
    mail.add_alternative(message.html or html, subtype="html")
    if message.picture:
        _embed(mail, message.picture)
    if message.table:
        mail.add_attachment(message.table.text, subtype="csv", filename=message.table.name)
    return mail


class _Policy(EmailPolicy):
    """Python's policy, except that it would encode a long List-Unsubscribe header so that its URL is not found."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii", "replace")
        return super().fold_binary(name, value)


def _message_id(address: EmailAddress, key: str) -> str:
    return f"<{key.replace(':', '.')}@watchwright.{address.sender.rpartition('@')[2]}>"


def _html(text: str) -> str:
    """Return *text* as HTML with a paragraph per line, and a list for lines that begin with a dot."""
    parts = []
    for is_list, lines in groupby(filter(None, text.splitlines()), lambda line: line.startswith(ITEM)):
        if is_list:
            items = "".join(f"<li>{_html_line(line.removeprefix(ITEM))}</li>" for line in lines)
            parts.append(f'<ul style="padding-left: 20px">{items}</ul>')
        else:
            parts += [f"<p>{_html_line(line)}</p>" for line in lines]
    return "".join(parts)


def _html_line(line: str) -> str:
    """Return *line* escaped, with links; a known label and its address become one link with the label as text."""
    if labelled := LABELLED.fullmatch(line):
        return f'<a href="{escape(labelled["url"])}">{escape(labelled["words"])}</a>'
    parts, end = [], 0
    for found in URL.finditer(line):
        shown = shortened(found[0], MAX_SHOWN)
        parts += [escape(line[end : found.start()]), f'<a href="{escape(found[0])}">{escape(shown)}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


def _embed(mail: EmailMessage, picture: Picture) -> None:
    """Attach the picture next to the HTML, which refers to it by Content-ID (RFC 2392), so nothing is fetched."""
    *_text, html = mail.iter_parts()
    assert isinstance(html, EmailMessage)
    kind, _slash, subtype = picture.mime_type.partition("/")
    html.add_related(picture.data, kind, subtype, cid=f"<{PICTURE_ID}>", filename=picture.name, disposition="inline")


def _sign_in(server: smtplib.SMTP, username: str, password: str) -> None:
    """Sign in like `SMTP.login`, which supports ASCII only; other characters are sent by PLAIN in UTF-8 (RFC 4616)."""
    if (username + password).isascii():
        server.login(username, password)
        return
    server.ehlo_or_helo_if_needed()
    plain = f"\0{username}\0{password}".encode()
    code, reply = server.docmd("AUTH", f"PLAIN {b64encode(plain).decode()}")
    if code != AUTHENTICATED:
        raise smtplib.SMTPAuthenticationError(code, reply.decode(errors="replace"))


def _connected(address: EmailAddress) -> smtplib.SMTP:
    if address.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(address.host, address.port, timeout=TIMEOUT_SECONDS, context=context)
    server = smtplib.SMTP(address.host, address.port, timeout=TIMEOUT_SECONDS)
    if address.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (smtplib.SMTPException, OSError):
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            raise
    return server
