"""The dialog with all settings of a website."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from dashboard.actions.trial import Trial
from dashboard.components.busy_controls import on_submit
from dashboard.components.check_fields import GROUPS, CheckFields
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields
from dashboard.components.trial_view import trial_view
from dashboard.parsing.check_flags import OPTIONS
from dashboard.parsing.website import fields_of, problems, typed_of
from dashboard.words.check import check_words

DEPENDS_NOTE = "The URL of another website. While that one is down, no alerts are sent for this one."
FormValues = dict[str, Any]
Submit = Callable[[FormValues, FormValues], Awaitable[None]]
TryIt = Callable[[FormValues], Awaitable[Trial]]


class WebsiteDialog:
    """The dialog, to add a website or to edit one."""

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

    def __init__(self, title: str, submit: Submit, try_it: TryIt, *, action: str) -> None:
        """Args:
        submit: Receives the typed values, in the form that `dashboard.parsing.website` reads, and the values that
            the dialog opened with; may raise `WatchwrightError`.
        try_it: Gets what was typed; may raise `WatchwrightError`.
        """
        self._submit, self._try_it = submit, try_it
        self._fields = Fields(self._validate)
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog ww-wide ww-tall"):
            self._dialog.props["aria-label"] = title
            text("h2", title)
            with ui.element("form").classes("ww-form ww-scrolls").props("novalidate") as form:
                with ui.element("div").classes("ww-fieldset"):
                    for field in self.FIELDS:
                        self._fields.draw(field)
                self._checks = CheckFields(self._fields)
                self._trial = ui.element("div")
                with ui.element("div").classes("ww-actions ww-foot"):
                    self._fields.draw_rest()  # always visible
                    self._try = button("Test", self._run_trial, hint="Run one check with these settings without saving")
                    ui.element("div").classes("ww-grow")
                    button("Cancel", self._dialog.close)
                    submit_button(action)
            on_submit(form, self._save)

    def open(self, website: FormValues) -> None:
        """Open the dialog with the values of *website*, whose secrets are masked."""
        self._fields.fill(typed_of(website))
        self._validate()
        self._fields.show({})  # empty fields are not errors yet
        self._dialog.open()

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
        if self._show_problems() and await self._do(self._keep):
            self._dialog.close()

    async def _keep(self, values: FormValues) -> None:
        await self._submit(values, self._fields.as_filled(fields_of))

    async def _run_trial(self) -> None:
        if not self._show_problems():
            return
        self._try.props("disabled").props["textContent"] = "Testing …"
        try:
            await self._do(self._show_trial)
        finally:
            self._try.props(remove="disabled").props["textContent"] = "Test"

    async def _show_trial(self, values: FormValues) -> None:
        trial = await self._try_it(values)
        with self._trial:
            trial_view(trial)
        ui.run_javascript(f"document.getElementById('{self._trial.html_id}').scrollIntoView({{block: 'center'}})")

    def _show_problems(self) -> bool:
        wrong = self._validate()
        first = next((name for name in self._fields.typed() if name in wrong), None)
        if first is not None:
            self._fields.focus(first)
        return not wrong

    async def _do(self, work: Callable[[FormValues], Awaitable[None]]) -> bool:
        return await self._fields.attempt(lambda: work(fields_of(self._fields.typed())))
