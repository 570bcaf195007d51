"""Starts sending spans if OpenTelemetry's environment variables ask for it.

The sender is imported only then. It takes some 20 MB, and is not installed without ``[otel]``.
"""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core import tracing
from core.config import Settings
from core.debugging.redaction.masking import masks_for
from core.schemas.session_options import SessionOptions
from core.workers.log_lines import LogLines

logger = logging.getLogger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN = "http/protobuf"
URL = "url.full"


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether the environment asks for spans."""

    is_wanted: bool
    trouble: str | None = None
    """Why spans cannot be sent, in one sentence."""


def choose(environment: Mapping[str, str]) -> Choice:
    """Decide by the variables of the OpenTelemetry specification whether to send spans: an endpoint asks for them."""
    is_off = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    is_ours = environment.get("OTEL_TRACES_EXPORTER", "otlp").strip() in ("", "otlp")
    if is_off or not is_ours or not any(environment.get(name, "").strip() for name in ENDPOINTS):
        return Choice(is_wanted=False)
    asked = next((environment[name] for name in PROTOCOLS if environment.get(name)), SPOKEN)
    if asked != SPOKEN:
        return Choice(
            is_wanted=False,
            trouble=f"No spans are sent: Watchwright speaks OTLP by {SPOKEN}, and {PROTOCOLS[1]} asks for {asked}.",
        )
    return Choice(is_wanted=True)


def start(settings: Settings, part: str) -> Callable[[], None]:
    """Start sending this process's spans if the environment asks for it; returns a function that stops it.

    Args:
        part: The name of this process, such as ``monitor``.
    """
    choice = choose(os.environ)
    if choice.trouble:
        logger.warning(choice.trouble)
    if not choice.is_wanted:
        return _nothing
    try:
        from core.workers.otlp_spans import OtlpTracing
    except ImportError:
        logger.warning("no spans are sent: OTEL_EXPORTER_OTLP_ENDPOINT is set, and watchwright[otel] is not installed")
        return _nothing
    sending = OtlpTracing.of(settings.address_policy.for_the_operator().refusal, masks_of(settings), part)
    tracing.use(sending)

    def stop() -> None:
        tracing.use(None)
        sending.stop()

    return stop


def masks_of(settings: Settings) -> Callable[[str, str], str]:
    """Return a function that masks an attribute's text by its name: as in log lines, and URLs as in debug sessions."""
    lines, masks = LogLines.of(settings), masks_for(SessionOptions(), settings)

    def masked(name: str, text: str) -> str:
        clean = lines.masked(text)
        return masks.url(clean) if name == URL else clean

    return masked


def _nothing() -> None:
    pass
