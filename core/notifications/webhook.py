"""Posts messages as JSON, signed by Standard Webhooks (https://www.standardwebhooks.com, symmetric signatures)."""

import base64
import hmac
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from core.clock import utc_now
from core.errors import NotDelivered
from core.notifications.error_text import error_text
from core.notifications.http_answers import LOST_ANSWERS, OF_CONTENT, retry_after_seconds
from core.notifications.message import Message
from core.schemas.notification_channel import SECRET_PREFIX, WebhookAddress

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 15.0
PERMANENT_REDIRECTS = (301, 308)  # RFC 9110, 15.4
MAX_WORDS = 200  # characters of the response body that are stored


def post(address: WebhookAddress, message: Message, key: str) -> str:
    """Post *message* and return the response's status and first words; does not follow redirects; blocks.

    Raises:
        NotDelivered: The response is not 2xx, or there was none.
    """
    import httpx  # 5 MB, imported only by processes that post

    body = orjson.dumps({**message.payload, "title": message.title, "text": message.text})
    seconds = int(utc_now().timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "Watchwright",
        "webhook-id": key,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(address.secret, key, seconds, body),
    }
    try:
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
            client.stream("POST", address.url, content=body, headers=headers) as answer,
        ):
            answer_text = ""
            with suppress(httpx.HTTPError):  # the status is enough: an accepted message must not be sent again
                answer_text = next(answer.iter_text(MAX_WORDS), "")  # the rest is not read, it may be of any length
    except httpx.ConnectTimeout as error:
        words = f"It could not be reached within {TIMEOUT_SECONDS:g} seconds."
        raise NotDelivered(words, concerns_channel=True) from error
    except httpx.TimeoutException as error:
        words = f"It did not answer within {TIMEOUT_SECONDS:g} seconds."
        raise NotDelivered(words, may_have_arrived=True, concerns_channel=True) from error
    except httpx.ConnectError as error:
        raise NotDelivered(f"It could not be reached: {error_text(error)}.", concerns_channel=True) from error
    except httpx.HTTPError as error:
        words = f"The connection broke: {error_text(error)}."
        raise NotDelivered(words, may_have_arrived=True, concerns_channel=True) from error
    words = f"{answer.status_code} {answer.reason_phrase}: {answer_text}".rstrip(": ")
    if answer.has_redirect_location:
        words = f"{answer.status_code} {answer.reason_phrase}. {_redirect_advice(answer)}"
    if not answer.is_success:
        raise NotDelivered(
            words,
            retry_after_seconds=retry_after_seconds(answer.headers.get("retry-after", ""), utc_now()),
            may_have_arrived=answer.status_code in LOST_ANSWERS,
            concerns_channel=answer.status_code not in OF_CONTENT,
        )
    return words


def _redirect_advice(answer: "httpx.Response") -> str:
    place = answer.next_request.url if answer.next_request else answer.headers["location"]
    if answer.status_code in PERMANENT_REDIRECTS:
        return f"Redirects are not followed. Enter the new address in the channel: {place}"
    return f"Redirects are not followed. Enter an address that does not redirect; this one redirects to {place}"


def signature(secret: str, key: str, seconds: int, body: bytes) -> str:
    """Return ``v1,`` and the HMAC-SHA256 of ``id.timestamp.body`` in base64."""
    signed = hmac.digest(
        base64.b64decode(secret.removeprefix(SECRET_PREFIX)), f"{key}.{seconds}.".encode() + body, sha256
    )
    return "v1," + base64.b64encode(signed).decode()
