"""The form of a notification channel: its name, kind and address."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui
from pydantic import ValidationError

from core.errors import InvalidInput
from core.input_messages import MESSAGES
from core.models import ChannelKind
from core.schemas import explain_each
from core.schemas.notification_channel import OF_KIND as ADDRESSES
from dashboard.components.dialogs import opened_form
from dashboard.components.elements import text
from dashboard.components.fields import Field, Fields

FormValues = dict[str, Any]

KINDS = (("APPRISE", "Chat or push service (Apprise URL)"), ("WEBHOOK", "A webhook"), ("EMAIL", "E-mail"))
SECURITY = (("starttls", "STARTTLS"), ("tls", "TLS"), ("none", "none"))
OF_KIND: dict[str, tuple[Field, ...]] = {
    "APPRISE": (
        Field(
            name="apprise_url",
            label="Apprise URL",
            kind="password",
            hint="ntfy://ntfy.example.org/alarms",
            note="Over 100 services. For the URL of each, see github.com/caronc/apprise/wiki.",
        ),
    ),
    "WEBHOOK": (
        Field(name="webhook_url", label="URL", hint="https://example.org/alarms"),
        Field(name="secret", label="Secret", kind="password", hint="whsec_…", note="Leave empty to generate one."),
    ),
    "EMAIL": (
        Field(name="recipients", label="To (one address per line)", kind="lines", hint="oncall@example.org"),
        Field(name="sender", label="From", hint="watchwright@example.org"),
        Field(name="host", label="SMTP server", hint="smtp.example.org"),
        Field(name="port", label="Port", kind="number", hint="587"),
        Field(name="security", label="Encryption", kind="choice", choices=SECURITY),
        Field(name="username", label="User name"),
        Field(name="password", label="Password", kind="password"),
    ),
}
INPUTS = {("APPRISE", "url"): "apprise_url", ("WEBHOOK", "url"): "webhook_url"}
"""Inputs whose names differ from the address's fields."""
KEEPS = "Stored addresses and secrets are not shown. Leave the fields empty to keep them, or fill in all of them."


def open_channel_form(
    submit: Callable[[FormValues, FormValues], Awaitable[None]], *, name: str = "", kind: ChannelKind | None = None
) -> None:
    """Open the form of a new channel, or, with *kind*, of a stored one.

    *submit* gets the channel's name, kind and address (left out if it was not typed), and the name that the form opened
    with; it may raise `WatchwrightError`.
    """
    inputs = Fields()

    async def save() -> None:
        typed = inputs.typed()
        values = _values(typed, is_new=kind is None)
        refuse(typed["kind"], values)
        await submit(values, inputs.as_filled(_named))

    with opened_form("Add channel" if kind is None else f"Edit {name}", inputs, save, size="ww-tall"):
        inputs.draw(Field(name="name", label="Name", hint="On call"))
        with ui.element("div") as kinds:
            inputs.draw(Field(name="kind", label="Kind", kind="choice", choices=KINDS))
        if kind is not None:
            kinds.set_visibility(False)  # CSS reads the kind from it
            text("p", KEEPS, "ww-muted")
        for of_kind, fields in OF_KIND.items():
            # CSS shows the kind's fields without a round trip, so that Tab never enters a field that vanishes.
            with ui.element("div").classes("ww-form ww-of-kind").props(f"data-kind={of_kind}"):
                for field in fields:
                    inputs.draw(field)
        inputs.fill({"name": name, "kind": kind or "APPRISE", "security": "starttls"})


def _values(typed: FormValues, *, is_new: bool) -> FormValues:
    """Return the channel's fields; a stored channel keeps its address unless a new one was typed."""
    address = address_of(typed["kind"], typed)
    if is_new:
        return _named(typed) | {"kind": typed["kind"], "address": address}
    return _named(typed) | ({"address": address} if set(address) - {"security"} else {})


def refuse(kind: str, values: FormValues) -> None:
    """Check the typed values of a channel of *kind*.

    Raises:
        InvalidInput: A value is invalid; `by_field` has the inputs' names.
    """
    wrong = {} if values["name"] else {"name": MESSAGES["missing"]}
    try:
        if "address" in values:
            ADDRESSES[ChannelKind(kind)].model_validate(values["address"])
    except ValidationError as error:
        wrong |= {INPUTS.get((kind, field), field): words for field, words in explain_each(error).items()}
    if wrong:
        raise InvalidInput.of_each(wrong)


def address_of(kind: str, typed: FormValues) -> FormValues:
    """Return the channel's address without empty fields."""
    if kind == "APPRISE":
        return _filled({"url": typed["apprise_url"]})
    if kind == "WEBHOOK":
        return _filled({"url": typed["webhook_url"], "secret": typed["secret"]})
    return _filled({field.name: typed[field.name] for field in OF_KIND["EMAIL"]})


def _named(typed: FormValues) -> FormValues:
    return {"name": typed["name"].strip()}


def _filled(values: FormValues) -> FormValues:
    stripped = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {name: value for name, value in stripped.items() if value}
