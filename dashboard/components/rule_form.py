"""The form of a notification rule, which can count what the rule would have sent."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from core.errors import InvalidInput
from core.input_messages import MESSAGES
from core.models import NotificationEvent
from core.notifications.rules import IMPLIED_BY
from core.notifications.trial import Trial
from core.phrases import counted
from core.schemas.notification_rule import NAMES
from dashboard.components.dialogs import opened_form
from dashboard.components.elements import button, text
from dashboard.components.fields import Field, Fields

FormValues = dict[str, Any]
Choices = Sequence[tuple[str, str]]

# Each event has its own switch, as saving would drop an event without one. Switches that another one hides come last,
# so that the others do not move.
EVENTS = (
    (NotificationEvent.DOWN, "It goes down or flaps"),
    (NotificationEvent.UP, "It is back"),
    (NotificationEvent.EVIDENCE, "Browser recording after a failure"),
    (NotificationEvent.FINDING, "Evidence shows the cause of a failure"),
    (NotificationEvent.DEGRADED, "It is degraded"),
    (NotificationEvent.SLOW, "It is slow"),
    (NotificationEvent.UNSTEADY, "It fails intermittently without being down"),
    (NotificationEvent.FAULT, "A debug session finds a fault while it is up"),
    (NotificationEvent.CERTIFICATE, "Its certificate expires soon"),
    (NotificationEvent.BUDGET, "It burns its error budget too fast"),
    (NotificationEvent.SILENT, "A region that checks it stops or resumes reporting"),
    (NotificationEvent.HEARD, "A region reports again"),
    (NotificationEvent.FLAPPING, "It flaps: it goes down repeatedly"),
)
OF = {
    NotificationEvent.DOWN: "of failures",
    NotificationEvent.UP: "of recoveries",
    NotificationEvent.FLAPPING: "of flapping",
    NotificationEvent.DEGRADED: "of degraded websites",
    NotificationEvent.CERTIFICATE: "of certificates",
    NotificationEvent.SLOW: "of slowness",
    NotificationEvent.UNSTEADY: "of intermittent failures",
    NotificationEvent.FAULT: "of faults",
    NotificationEvent.MENDED: "of resolved faults",
    NotificationEvent.FINDING: "of findings",
    NotificationEvent.BUDGET: "of error budgets",
    NotificationEvent.EVIDENCE: "with a browser recording",
    NotificationEvent.REMINDER: "that are reminders",
}
WHOLE = {"certificate_days": 14, "slow_ms": 2_000, "slow_minutes": 10, "unsteady_percent": 5}
"""Default numbers of a rule."""
TARGET = 99.9  # percent, the default
A_WEEK = 10_080  # minutes, the longest delay
KINDS_NOTE = "For example tls_expired, dns. Leave empty for every finding that explains a failure."
NUMBERS = {
    "after_minutes": "after_seconds",
    "cooldown_minutes": "cooldown_seconds",
    "remind_minutes": "remind_seconds",
}
REMIND_NOTE = "While it is down, until it recovers or somebody acknowledges it."
NO_FAILURES = "Reminders are for failures only: choose “It goes down or flaps”, or leave this empty."
SHARE_NOTE = "Of its last 60 checks, with at least three failures."
TEMPLATE_NOTE = f"Leave empty for the default text. Variables: {', '.join('$' + name for name in NAMES)}."
FURTHER = (
    Field(name="after_minutes", label="After (minutes)", kind="number", hint="0"),
    Field(name="cooldown_minutes", label="At most every (minutes)", kind="number", hint="0"),
    Field(name="remind_minutes", label="Remind every (minutes)", kind="number", hint="never", note=REMIND_NOTE),
    Field(name="certificate_days", label="Certificate: days before expiry", kind="number", hint="14"),
    Field(name="slow_ms", label="Slow: 95th percentile above (ms)", kind="number", hint="2000"),
    Field(name="slow_minutes", label="Slow: over (minutes)", kind="number", hint="10"),
    Field(name="unsteady_percent", label="Intermittent: failed checks (%)", kind="number", hint="5", note=SHARE_NOTE),
    Field(name="budget_target", label="Error budget: target (%)", kind="number", hint="99.9"),
    Field(name="finding_kinds", label="Kinds of findings", hint="all", note=KINDS_NOTE),
    Field(name="quiet_from", label="Quiet from", hint="22:00"),
    Field(name="quiet_until", label="Quiet until", hint="07:00"),
    Field(name="timezone", label="Time zone", hint="UTC"),
    Field(name="unless_acknowledged", label="Skip when acknowledged", kind="switch"),
    Field(name="template", label="Message text", kind="area", note=TEMPLATE_NOTE, is_wide=True),
)
"""The inputs that most rules leave as they are."""


class RuleForm:
    """The form of a new rule or a stored one, opened as a dialog."""

    def __init__(
        self,
        heading: str,
        values: FormValues,
        submit: Callable[[FormValues, FormValues], Awaitable[None]],
        attempt: Callable[[FormValues], Awaitable[Trial]],
        *,
        days: int,
        channels: Choices,
        subjects: Choices,
    ) -> None:
        """Args:
        heading: The dialog's heading.
        values: The rule's fields with ``subject``, the key of what it applies to.
        submit: Gets the rule's fields with ``subject``, and the fields that the form opened with; may raise
            `WatchwrightError`.
        attempt: Counts what such a rule would have sent in the last *days*; may raise `WatchwrightError`.
        days: The days that *attempt* covers.
        channels: Channels to choose from, as keys and names.
        subjects: What the rule can apply to, as keys and names.
        """
        self._submit, self._attempt, self._days = submit, attempt, days
        self._fields = fields = Fields(self._forget_trial)
        with opened_form(heading, fields, self._save, size="ww-wide ww-tall", beside=self._preview):
            with ui.element("div").classes("ww-fieldset"):
                fields.draw(Field(name="name", label="Name", hint="All failures"))
                fields.draw(Field(name="channel_id", label="Notify", kind="choice", choices=tuple(channels)))
                fields.draw(Field(name="subject", label="Of", kind="choice", choices=tuple(subjects)))
            with ui.element("fieldset").classes("ww-fieldset"):
                text("legend", "When")
                for event, words in EVENTS:
                    fields.draw(Field(name=event, label=words, kind="switch", unless=IMPLIED_BY.get(event, "")))
            with ui.element("details").classes("ww-fold"):
                text("summary", "Delay, reminders, thresholds, quiet hours and text")
                with ui.element("div").classes("ww-fieldset ww-rest"):
                    for field in FURTHER:
                        fields.draw(field)
            fields.fill(typed_of(values))

    def _preview(self) -> None:
        self._tried = text("p", "", "ww-muted").props("role=status")
        button("Preview", self._try)

    def _forget_trial(self) -> None:
        """Remove the trial's result, as the rule has changed."""
        self._tried.props["textContent"] = ""

    async def _try(self) -> None:
        async def work() -> None:
            trial = await self._attempt(fields_of(self._fields.typed()))
            self._tried.props["textContent"] = sent_words(trial, self._days)

        if not await self._fields.attempt(work):
            self._forget_trial()

    async def _save(self) -> None:
        await self._submit(fields_of(self._fields.typed()), self._fields.as_filled(fields_of))


def sent_words(trial: Trial, days: int) -> str:
    """Say how many messages a rule would have sent, and what is unknown about that."""
    counts = trial.by_event
    total = sum(counts.values())
    parts = [f"{count:,} {OF[event]}" for event, count in counts.items() if count]
    of = f": {', '.join(parts)}" if parts else ""
    messages = counted(total, "message")
    return " ".join([f"In the last {days} days this would have sent {messages}{of}.", *trial.unknown])


def fields_of(typed: FormValues) -> FormValues:
    """Return the typed fields of a rule, with its ``subject``.

    Raises:
        InvalidInput: A number is invalid, or no event is chosen.
    """
    values: FormValues = {
        name: typed[name].strip() for name in ("name", "subject", "template", "quiet_from", "quiet_until")
    }
    values = {name: value or None for name, value in values.items()} | {"name": values["name"]}
    values["channel_id"] = typed["channel_id"]
    values["events"] = [event for event, _words in EVENTS if typed[event] and not typed.get(IMPLIED_BY.get(event, ""))]
    values["unless_acknowledged"] = typed["unless_acknowledged"]
    values["timezone"] = typed["timezone"].strip() or "UTC"
    numbers, wrong = _numbers(typed)
    if not values["events"]:
        wrong[""] = "Choose at least one event."
    if 0 < numbers["remind_minutes"] < 1:
        wrong["remind_minutes"] = "Enter at least 1 minute, or leave this empty."
    elif numbers["remind_minutes"] and not typed[NotificationEvent.DOWN]:
        wrong.setdefault("remind_minutes", NO_FAILURES)
    if wrong:
        raise InvalidInput.of_each(wrong if values["name"] else {"name": MESSAGES["missing"]} | wrong)
    for name, seconds in NUMBERS.items():
        values[seconds] = round(numbers[name] * 60)
    for name, usual in WHOLE.items():
        values[name] = round(numbers[name] or usual)
    values["budget_target"] = numbers["budget_target"] or TARGET
    values["finding_kinds"] = typed["finding_kinds"].replace(",", " ").split()
    return values


def typed_of(values: FormValues) -> FormValues:
    """Return the form's values for the fields of a rule."""
    typed = dict(values) | {event: event in values["events"] for event, _words in EVENTS}
    for name, seconds in NUMBERS.items():
        typed[name] = (values.get(seconds) or 0) / 60 or None
    typed["finding_kinds"] = ", ".join(values.get("finding_kinds") or ())
    return typed


def _numbers(typed: FormValues) -> tuple[dict[str, float], dict[str, str]]:
    """Return all typed numbers, 0 where empty, and what is wrong with them."""
    numbers: dict[str, float] = {}
    wrong: dict[str, str] = {}
    for name in (*NUMBERS, *WHOLE, "budget_target"):
        try:
            numbers[name] = float(typed[name].strip() or 0)
        except ValueError:
            numbers[name] = -1
        if not 0 <= numbers[name] < 1_000_000:
            wrong[name] = f"{typed[name].strip()[:20]!r} is not a number. Enter one such as 5."
        elif name in NUMBERS and numbers[name] > A_WEEK:
            wrong[name] = f"Enter at most {A_WEEK:,} minutes (one week)."
    return numbers, wrong
