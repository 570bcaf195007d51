"""Sends a message by SMTP, as plain text and as HTML that is made of nothing but escaped text."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate
from html import escape

from core.errors import NotDelivered
from core.notifications.message import Message
from core.schemas.notification_channel import EmailAddress

TIMEOUT_SECONDS = 30.0
STYLE = "font: 15px/1.5 -apple-system, Segoe UI, Roboto, sans-serif; color: #101828; max-width: 36em"


def deliver(address: EmailAddress, message: Message, key: str) -> str:
    """Send *message* to all recipients and return what the server said; blocks.

    Raises:
        NotDelivered: The server refused it or a recipient, or could not be reached.
    """
    mail = compose(address, message, key)
    try:
        with _connected(address) as server:
            if address.username:
                server.login(address.username, address.password or "")
            refused = server.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(f"{address.host}: {error}") from error
    if refused:
        raise NotDelivered(f"{address.host} refused {', '.join(refused)}.")
    return f"Accepted by {address.host} for {len(address.recipients)} recipients."


def compose(address: EmailAddress, message: Message, key: str) -> EmailMessage:
    """The mail, whose Message-ID is the same each time that it is tried, so that a mailbox may see it is one."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.title.split())
    mail["From"], mail["To"] = address.sender, ", ".join(address.recipients)
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{key.replace(':', '.')}@watchwright.{address.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    mail.set_content(message.text)
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in message.text.splitlines() if line)
    mail.add_alternative(
        f'<div style="{STYLE}"><h1 style="font-size: 18px">{escape(message.title)}</h1>{paragraphs}</div>',
        subtype="html",
    )
    return mail


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
