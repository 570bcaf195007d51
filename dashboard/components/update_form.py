"""The form to write an update for status pages, and the list of updates."""

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui

from core.models import WindowUpdate
from dashboard.components.busy_controls import on_submit
from dashboard.components.elements import moment, submit_button, text
from dashboard.components.fields import Field, Fields

STAGES = ("investigating", "identified", "monitoring", "resolved")


def written_updates(updates: Sequence[WindowUpdate]) -> None:
    """Draw the updates, newest first."""
    if not updates:
        text("p", "No updates yet.", "ww-muted")
    for update in updates:
        with ui.element("div").classes("ww-plan"), ui.element("div").classes("ww-what"):
            text("b", update.stage.capitalize())
            moment(update.created_at, is_long=True)
            text("div", update.text, "ww-secondary ww-breaks")
            text("div", f"by {update.author.removeprefix('user ')}", "ww-muted")


def update_form(submit: Callable[[str, str], Awaitable[None]]) -> None:
    """Draw the form; *submit* gets the stage and the text."""
    fields = Fields()
    with ui.element("form").classes("ww-form").props("novalidate") as form:
        choices = tuple((stage, stage.capitalize()) for stage in STAGES)
        fields.draw(Field(name="stage", label="Stage", kind="choice", choices=choices))
        fields.draw(Field(name="text", label="Update for status pages", kind="area", is_wide=True))
        fields.draw_rest()
        with ui.element("div").classes("ww-actions"):
            submit_button("Publish")
    fields.fill({"stage": STAGES[0]})

    async def go() -> None:
        typed = fields.typed()
        if await fields.attempt(lambda: submit(typed["stage"] or STAGES[0], typed["text"].strip())):
            fields.fill({"stage": typed["stage"]})

    on_submit(form, go)
