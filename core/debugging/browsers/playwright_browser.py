"""Starts browsers through Playwright, and translates a session's options into those of Playwright's contexts."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from playwright.async_api import Browser, Error, Playwright

from core.debugging.browser import BrowserChoice
from core.debugging.browsers.confinement import confinement_of
from core.debugging.browsers.playwright_driver import Driver
from core.debugging.browsers.policy_proxy import NO_WAY_PAST, PolicyProxy
from core.debugging.sign_in import credentials_in
from core.debugging.visit_target import VisitTarget
from core.errors import BrowserError, BrowserMissing, InvalidInput
from core.schemas.session_options import SessionOptions
from core.schemas.url import place_of

OF_DEVICE = ("user_agent", "viewport", "device_scale_factor", "is_mobile", "has_touch")


async def launch(
    driver: Driver,
    options: SessionOptions,
    choice: BrowserChoice | None,
    guard: PolicyProxy,
    ending: AsyncExitStack,
) -> Browser:
    """Start a browser that connects through *guard*; *ending* removes the guard.

    Args:
        choice: The Chromium to use; None for Firefox and WebKit, which Playwright provides.

    Raises:
        BrowserError: The browser is missing or could not be started.
    """
    await ending.enter_async_context(guard)
    server = guard.address
    if options.proxy:
        relay = await guard.relay(options.proxy)
        ending.push_async_callback(relay.close)
        server = relay.address
    kind = options.browser
    wishes: dict[str, Any] = {"proxy": _proxy_at(server, options.proxy)}
    if kind == "chromium":
        assert choice is not None
        assert choice.executable is not None
        held = await asyncio.to_thread(confinement_of, choice.executable)
        program = held.wrapped(choice.executable, driver.folder)
        wishes |= {"executable_path": program, "chromium_sandbox": held.has_sandbox, "args": list(NO_WAY_PAST)}
    if kind == "firefox":
        wishes["firefox_user_prefs"] = {"media.peerconnection.enabled": False}
    try:
        browser = await getattr(driver.playwright, kind).launch(**wishes)
    except Error as error:
        if "Executable doesn't exist" in error.message:
            raise BrowserMissing(f"There is no {kind} here: run `playwright install {kind}`.") from error
        raise BrowserError(f"{kind} could not be started: {error.message.splitlines()[0][:300]}") from error
    assert isinstance(browser, Browser)
    return browser


def context_options(playwright: Playwright, target: VisitTarget, *, is_remote: bool) -> dict[str, Any]:
    """Return the arguments of Playwright's ``new_context``; the context of a remote browser gets the proxy.

    Raises:
        InvalidInput: The options name an unknown device.
    """
    options = target.options
    wishes: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
    if options.device:
        if options.device not in playwright.devices:
            raise InvalidInput(f"There is no device {options.device!r}; there are, for example, iPhone 15, Pixel 7.")
        wishes |= {name: value for name, value in playwright.devices[options.device].items() if name in OF_DEVICE}
    if options.viewport:
        wishes["viewport"] = options.viewport.model_dump()
    if is_remote and options.proxy:
        wishes["proxy"] = _proxy_at(place_of(options.proxy), options.proxy)
    if options.basic_auth:
        wishes["http_credentials"] = {**options.basic_auth.model_dump(), "origin": place_of(target.url)}
    given = {
        "user_agent": options.user_agent,
        "locale": options.locale,
        "timezone_id": options.timezone,
        "extra_http_headers": options.extra_headers or None,
    }
    return {
        **wishes,
        **{name: value for name, value in given.items() if value is not None},
        "java_script_enabled": options.is_javascript_enabled,
        "ignore_https_errors": options.ignore_certificate_errors,
        "accept_downloads": False,
    }


def _proxy_at(server: str, proxy: str | None) -> dict[str, str]:
    """Return Playwright's settings of *server* with the credentials of the session's own *proxy*."""
    credentials = credentials_in(proxy)
    if credentials is None:
        return {"server": server}
    return {"server": server, "username": credentials.username, "password": credentials.password}
