"""Whether spans are sent, and where to: decided by OpenTelemetry's own variables, and started as they say.

What sends them is imported only then: it takes some 20 MB, and is no part of an installation without ``[otel]``.
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
    """What the environment asks for."""

    is_wanted: bool
    trouble: str | None = None
    """Why it cannot be had, in one sentence."""


def choose(environment: Mapping[str, str]) -> Choice:
    """Whether the variables of the OpenTelemetry specification ask for spans: an endpoint does."""
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
    """Send this process's spans where the environment asks for it; returns what ends that.

    Args:
        part: Which process this is, such as ``monitor``.
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
    """What an attribute of some name says, without secrets: as a line of the log, and a URL as a debug session's."""
    lines, masks = LogLines.of(settings), masks_for(SessionOptions(), settings)

    def masked(name: str, text: str) -> str:
        clean = lines.masked(text)
        return masks.url(clean) if name == URL else clean

    return masked


def _nothing() -> None:
    pass
