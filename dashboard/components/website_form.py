"""The form with all settings of a website."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from core.errors import InvalidInput
from dashboard.actions.trial import Trial
from dashboard.components.check_fields import GROUPS, CheckFields
from dashboard.components.dialogs import opened_form
from dashboard.components.elements import button
from dashboard.components.fields import Field, Fields
from dashboard.components.trial_view import trial_view
from dashboard.parsing.check_flags import OPTIONS
from dashboard.parsing.website import fields_of, problems, typed_of
from dashboard.words.check import check_words

DEPENDS_NOTE = "The URL of another website. While that one is down, no alerts are sent for this one."
FormValues = dict[str, Any]
Submit = Callable[[FormValues, FormValues], Awaitable[None]]
TryIt = Callable[[FormValues], Awaitable[Trial]]


class WebsiteForm:
    """The form to add a website or to edit one, opened as a dialog."""

    FIELDS = (
        Field(name="url", label="URL", hint="https://example.com", is_wide=True),
        Field(name="name", label="Name", hint="the host name"),
        Field(name="tags", label="Tags (comma-separated)", hint="shop, eu"),
        Field(name="check_interval", label="Check every (seconds)", kind="number"),
        Field(name="timeout", label="Timeout (seconds)", kind="number"),
        Field(name="description", label="Description"),
        Field(name="depends_on", label="Depends on", hint="nothing", note=DEPENDS_NOTE),
        Field(
            name="auto_debug",
            label="Record debug sessions automatically",
            kind="switch",
            note="One on the first failed check, one on recovery, and one a day while it is up.",
            is_wide=True,
        ),
        Field(name="is_public", label="Public status badges", kind="switch"),
    )

    def __init__(self, title: str, website: FormValues, submit: Submit, try_it: TryIt, *, action: str) -> None:
        """Args:
        title: The dialog's heading.
        website: The values of the website, whose secrets are masked.
        submit: Receives the typed values, in the form that `dashboard.parsing.website` reads, and the values that
            the form opened with; may raise `WatchwrightError`.
        try_it: Gets what was typed; may raise `WatchwrightError`.
        action: The submit button's label.
        """
        self._submit, self._try_it = submit, try_it
        self._fields = Fields(self._validate)
        size = "ww-wide ww-tall"
        with opened_form(title, self._fields, self._save, action=action, size=size, beside=self._test_button):
            with ui.element("div").classes("ww-fieldset"):
                for field in self.FIELDS:
                    self._fields.draw(field)
            self._checks = CheckFields(self._fields)
            self._trial = ui.element("div")
            self._fields.fill(typed_of(website))
        self._validate()
        self._fields.show({})  # empty fields are not errors yet

    def _test_button(self) -> None:
        self._try = button("Test", self._run_trial, hint="Run one check with these settings without saving")

    def _validate(self) -> dict[str, str]:
        """Update the errors and the groups' summaries, and remove the trial's result. Return the errors by field."""
        self._trial.clear()
        typed = self._fields.typed()
        wrong = problems(typed)
        self._fields.show(wrong)
        options = {} if wrong else fields_of(typed)["check_options"] or {}
        words = [{OPTIONS[field.name] for field in group.fields if field.name in OPTIONS} for group in GROUPS]
        words_by_check = [check_words(options, only=names) for names in words]
        regions = [("regions", typed["regions"])] if typed["regions"].strip() else []
        self._checks.show([*words_by_check[:-1], regions], wrong)
        return wrong

    async def _save(self) -> None:
        await self._submit(self._values(), self._fields.as_filled(fields_of))

    async def _run_trial(self) -> None:
        self._try.props("disabled").props["textContent"] = "Testing …"
        try:
            await self._fields.attempt(self._show_trial)
        finally:
            self._try.props(remove="disabled").props["textContent"] = "Test"

    async def _show_trial(self) -> None:
        trial = await self._try_it(self._values())
        if self._trial.is_deleted:  # the form was closed meanwhile
            return
        with self._trial:
            trial_view(trial)
        ui.run_javascript(f"document.getElementById('{self._trial.html_id}').scrollIntoView({{block: 'center'}})")

    def _values(self) -> FormValues:
        """Return the typed values.

        Raises:
            InvalidInput: Some are invalid.
        """
        if wrong := self._validate():
            raise InvalidInput.of_each(wrong)
        return fields_of(self._fields.typed())
