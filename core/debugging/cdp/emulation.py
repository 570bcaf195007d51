"""The commands that give a target what the session's options ask for. Pure."""

from dataclasses import dataclass

from core.debugging.cdp.connection import Params
from core.schemas.session_options import CPU_PROFILES, NETWORK_PROFILES, SessionOptions, Viewport

Command = tuple[str, Params]


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One of Playwright's device descriptors."""

    user_agent: str
    viewport: Viewport
    scale_factor: float = 1.0
    is_mobile: bool = False
    has_touch: bool = False


def target_commands(
    options: SessionOptions, device: Device | None, *, target_type: str, default_user_agent: str
) -> list[Command]:
    """What to send to a new target of *target_type* before it runs.

    Args:
        default_user_agent: The browser's own; needed where only the language differs.
    """
    commands = _network_commands(options)
    user_agent = options.user_agent or (device.user_agent if device else None)
    if user_agent or options.locale:
        override = {"userAgent": user_agent or default_user_agent}
        if options.locale:
            override["acceptLanguage"] = options.locale
        commands.append(("Network.setUserAgentOverride", override))
    if options.ignore_certificate_errors:
        commands.append(("Security.setIgnoreCertificateErrors", {"ignore": True}))
    if target_type in ("page", "iframe"):
        commands += _page_commands(options, device)
    return commands


def _network_commands(options: SessionOptions) -> list[Command]:
    commands: list[Command] = []
    if options.extra_headers:
        commands.append(("Network.setExtraHTTPHeaders", {"headers": options.extra_headers}))
    if not options.is_cache_enabled:
        commands.append(("Network.setCacheDisabled", {"cacheDisabled": True}))
    if options.block_patterns:
        commands.append(("Network.setBlockedURLs", {"urls": options.block_patterns}))
    if options.network_profile:
        profile = NETWORK_PROFILES[options.network_profile]
        commands.append(
            (
                "Network.emulateNetworkConditions",
                {
                    "offline": profile.is_offline,
                    "latency": profile.latency_ms,
                    "downloadThroughput": profile.download_kbit_per_second * 1000 / 8,
                    "uploadThroughput": profile.upload_kbit_per_second * 1000 / 8,
                },
            )
        )
    return commands


def _page_commands(options: SessionOptions, device: Device | None) -> list[Command]:
    viewport = options.viewport or (device.viewport if device else Viewport())
    commands: list[Command] = [
        (
            "Emulation.setDeviceMetricsOverride",
            {
                "width": viewport.width,
                "height": viewport.height,
                "deviceScaleFactor": device.scale_factor if device else 1,
                "mobile": device.is_mobile if device else False,
            },
        )
    ]
    if device and device.has_touch:
        commands.append(("Emulation.setTouchEmulationEnabled", {"enabled": True}))
    if options.locale:
        commands.append(("Emulation.setLocaleOverride", {"locale": options.locale}))
    if options.timezone:
        commands.append(("Emulation.setTimezoneOverride", {"timezoneId": options.timezone}))
    if not options.is_javascript_enabled:
        commands.append(("Emulation.setScriptExecutionDisabled", {"value": True}))
    if options.cpu_profile:
        commands.append(("Emulation.setCPUThrottlingRate", {"rate": CPU_PROFILES[options.cpu_profile]}))
    return commands
