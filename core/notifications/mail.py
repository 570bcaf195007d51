"""Sends a message by SMTP, as plain text and as HTML that is made of nothing but escaped text."""

import re
import smtplib
import ssl
from base64 import b64encode
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
from core.phrases import counted, shortened
from core.schemas.notification_channel import EmailAddress

TIMEOUT_SECONDS = 30.0
AUTHENTICATED = 235  # RFC 4954, 6
PERMANENT = 500  # RFC 5321, 4.2.1: below it, as by greylisting, it may be taken later
NOBODY = "undisclosed-recipients:;"  # RFC 5322, 3.4: a group without members
PICTURE_ID = "screenshot@watchwright"
IMAGE = (
    f'<p><img src="cid:{PICTURE_ID}" alt="What a browser saw" '
    'style="max-width: 100%; border: 1px solid #e4e7ec; border-radius: 6px"></p>'
)
URL = re.compile(r"https?://[^\s<>\"]+")
LABELLED = re.compile(r"(?P<words>Take it up|Take them up|To get no more of these mails): (?P<url>https?://[^\s<>\"]+)")
LONGEST = 72  # characters of an address that are shown; a token makes some three lines long
ITEM = "• "  # begins the line of each website in a message about many
STYLE = "font: 15px/1.5 -apple-system, Segoe UI, Roboto, sans-serif; color: #101828; max-width: 36em"


def deliver(address: EmailAddress, message: Message, key: str) -> str:
    """Send *message* to all recipients and return what the server said; blocks.

    Recipients whom it refuses for good are named in that, where it took the message for others: tried again, those
    would have it each time, and the refused ones never.

    Raises:
        NotDelivered: The server refused it or all recipients, or one for now, or could not be reached.
    """
    mail = compose(address, message, key)
    try:
        with _connected(address) as server:
            if address.username:
                _sign_in(server, address.username, address.password or "")
            refused = server.send_message(mail, to_addrs=address.recipients)
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"{address.host}: {error_text(error)}.") from error
    words = f"{address.host} refused {error_text(smtplib.SMTPRecipientsRefused(refused))}."
    if any(code < PERMANENT for code, _said in refused.values()):
        raise NotDelivered(words)
    taken = counted(len(address.recipients) - len(refused), "recipient")
    return f"Accepted by {address.host} for {taken}." + (f" {words}" if refused else "")


def compose(address: EmailAddress, message: Message, key: str) -> EmailMessage:
    """The mail, whose Message-ID is the same each time that it is tried, so that a mailbox may see it is one."""
    mail = EmailMessage(policy=_Policy())
    mail["Subject"] = " ".join(message.title.split())
    is_hidden = message.is_apart and len(address.recipients) > 1
    mail["From"], mail["To"] = address.sender, NOBODY if is_hidden else ", ".join(address.recipients)
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = _message_id(address, key)
    if message.follows:  # a thread with the failure's mail
        mail["In-Reply-To"] = mail["References"] = _message_id(address, message.follows)
    if message.leave:
        mail["List-Unsubscribe"] = f"<{message.leave}>"
        if message.leave.startswith("https:"):  # RFC 8058, with which large mailboxes show a button of their own
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(message.text)
    shown = _drawn(message.text) + (IMAGE if message.picture else "")
    html = f'<div style="{STYLE}"><h1 style="font-size: 18px">{escape(message.title)}</h1>{shown}</div>'
    mail.add_alternative(message.html or html, subtype="html")
    if message.picture:
        _show(mail, message.picture)
    if message.table:
        mail.add_attachment(message.table.text, subtype="csv", filename=message.table.name)
    return mail


class _Policy(EmailPolicy):
    """Python's, which alone would write a long address in a header as encoded words, in which no address is found."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii", "replace")
        return super().fold_binary(name, value)


def _message_id(address: EmailAddress, key: str) -> str:
    return f"<{key.replace(':', '.')}@watchwright.{address.sender.rpartition('@')[2]}>"


def _drawn(text: str) -> str:
    """*text* as HTML: each line a paragraph, and lines that begin with a dot the items of a list."""
    parts = []
    for is_list, lines in groupby(filter(None, text.splitlines()), lambda line: line.startswith(ITEM)):
        if is_list:
            items = "".join(f"<li>{_linked(line.removeprefix(ITEM))}</li>" for line in lines)
            parts.append(f'<ul style="padding-left: 20px">{items}</ul>')
        else:
            parts += [f"<p>{_linked(line)}</p>" for line in lines]
    return "".join(parts)


def _linked(line: str) -> str:
    """*line* escaped, its addresses as links: of what does nothing but say where one leads, the words are the link."""
    if labelled := LABELLED.fullmatch(line):
        return f'<a href="{escape(labelled["url"])}">{escape(labelled["words"])}</a>'
    parts, end = [], 0
    for found in URL.finditer(line):
        shown = shortened(found[0], LONGEST)
        parts += [escape(line[end : found.start()]), f'<a href="{escape(found[0])}">{escape(shown)}</a>']
        end = found.end()
    return "".join([*parts, escape(line[end:])])


def _show(mail: EmailMessage, picture: Picture) -> None:
    """Put the picture beside the HTML, which shows it by its Content-ID (RFC 2392); nothing is fetched to read it."""
    *_text, html = mail.iter_parts()
    assert isinstance(html, EmailMessage)
    kind, _slash, subtype = picture.mime_type.partition("/")
    html.add_related(picture.data, kind, subtype, cid=f"<{PICTURE_ID}>", filename=picture.name, disposition="inline")


def _sign_in(server: smtplib.SMTP, username: str, password: str) -> None:
    """As `SMTP.login`, which knows ASCII alone; of letters beyond that PLAIN says what they are (RFC 4616)."""
    if (username + password).isascii():
        server.login(username, password)
        return
    server.ehlo_or_helo_if_needed()
    plain = f"\0{username}\0{password}".encode()
    code, said = server.docmd("AUTH", f"PLAIN {b64encode(plain).decode()}")
    if code != AUTHENTICATED:
        raise smtplib.SMTPAuthenticationError(code, said.decode(errors="replace"))


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
