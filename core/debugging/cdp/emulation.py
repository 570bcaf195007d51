"""Builds the CDP commands that apply a session's options to a target. Pure."""

import re
from dataclasses import dataclass

from core.debugging.cdp.connection import Params
from core.schemas.session_options import CPU_PROFILES, NETWORK_PROFILES, SessionOptions, Viewport

Command = tuple[str, Params]

_CHROME = re.compile(r"^Mozilla/5\.0 \(([^)]*)\) .*\bChrome/\d")
_MODEL = re.compile(r"Android [\d.]+; ([^;]+)$")
_SYSTEMS = {
    "Android": re.compile(r"\bAndroid ([\d.]+)"),
    "Windows": re.compile(r"\bWindows NT ([\d.]+)"),
    "macOS": re.compile(r"\bMac OS X ([\d_.]+)"),
    "Chrome OS": re.compile(r"\bCrOS \w+ ([\d.]+)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One of Playwright's device descriptors."""

    user_agent: str
    viewport: Viewport
    scale_factor: float = 1.0
    is_mobile: bool = False
    has_touch: bool = False


def target_commands(options: SessionOptions, device: Device | None, *, target_type: str) -> list[Command]:
    """Return the commands for a new target of *target_type*, to be sent before it runs."""
    commands = _network_commands(options)
    user_agent = options.user_agent or (device.user_agent if device else "")
    if user_agent or options.locale:
        # With an empty user agent the browser keeps its own one and its client hints (Sec-CH-UA).
        override: Params = {"userAgent": user_agent} | _hints(user_agent)
        if options.locale:
            override["acceptLanguage"] = accepted_languages(options.locale)
        commands.append(("Network.setUserAgentOverride", override))
    if options.ignore_certificate_errors:
        commands.append(("Security.setIgnoreCertificateErrors", {"ignore": True}))
    if target_type in ("page", "iframe"):
        commands += _page_commands(options, device)
    return commands


def accepted_languages(locale: str) -> str:
    """Return the languages that a browser with this *locale* accepts, such as ``de-DE,de``."""
    language = locale.partition("-")[0]
    return locale if language == locale else f"{locale},{language}"


def _hints(user_agent: str) -> Params:
    """Return the client hints (UA-CH) that match *user_agent*; the browser adds its own brands.

    Empty for browsers other than Chromium: those send no client hints.
    """
    found = _CHROME.search(user_agent)
    if found is None:
        return {}
    system = found[1]
    named = next(((name, version.search(system)) for name, version in _SYSTEMS.items() if version.search(system)), None)
    platform, version = (named[0], named[1][1].replace("_", ".")) if named and named[1] else ("Linux", "")
    model = _MODEL.search(system) if platform == "Android" else None
    return {
        "userAgentMetadata": {
            "platform": platform,
            "platformVersion": version,
            "architecture": "" if platform == "Android" else "x86",
            "model": model[1] if model else "",
            "mobile": " Mobile " in user_agent,
        }
    }


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
                "screenWidth": viewport.width,  # a headless browser's default is 800 × 600
                "screenHeight": viewport.height,
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
