"""/users: the list of accounts, for administrators."""

from functools import partial

from nicegui import ui

from core.errors import NotAllowed
from core.models import Role
from core.schemas import UserRead
from dashboard.actions import accounts
from dashboard.components.elements import badge, button, card_head, moment, table_head, text
from dashboard.components.fields import Field
from dashboard.components.small_dialogs import Values, ask, confirm
from dashboard.current_actor import current_actor
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.pages.account import NEW
from dashboard.runtime import Runtime

MAX_ACCOUNTS = 1_000  # accounts on the page
ROLES = (
    (Role.VIEWER.name, "Viewer: read only"),
    (Role.EDITOR.name, "Editor: manages websites, runs debug sessions"),
    (Role.ADMINISTRATOR.name, "Administrator: also manages accounts"),
)
STATES = (("on", "Active"), ("", "Disabled"))
NAME = Field(name="name", label="Name or e-mail address")
ROLE = Field(name="role", label="Role", kind="choice", choices=ROLES)
STATE = Field(name="state", label="State", kind="choice", choices=STATES)


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/users", response_timeout=DRAW_SECONDS)
    async def users_page() -> None:
        with frame("Accounts", active="/settings"):
            try:
                page = UsersPage(*await accounts.listed(limit=MAX_ACCOUNTS))
            except NotAllowed as error:
                text("h1", "Accounts")
                text("p", str(error), "ww-secondary")
                return
            page.draw()


class UsersPage:
    """An administrator's view of the page."""

    def __init__(self, users: list[UserRead], total: int) -> None:
        self._users, self._total = users, total

    def draw(self) -> None:
        """Draw the title and the table."""
        with ui.element("div").classes("ww-title"):
            text("h1", "Accounts")
            with ui.element("div").classes("ww-actions"):
                ui.link("Audit log", "/audit").classes("ww-button")
                button("Add account", self._ask_add, kind="ww-primary")
        self.table()

    @ui.refreshable_method
    def table(self) -> None:
        """Draw the accounts, sorted by name."""
        with ui.element("section").classes("ww-card"):
            card_head("Accounts", f"{self._total} accounts" if self._total > 1 else "only you")
            with ui.element("div").classes("ww-scroll"), ui.element("table").classes("ww-table ww-named ww-accounts"):
                table_head("Name", "Role", "State", "Two-step", "Last sign-in", "")
                with ui.element("tbody"):
                    for user in self._users:
                        self._row(user)

    def _row(self, user: UserRead) -> None:
        with ui.element("tr"):
            with ui.element("td"):
                text("span", user.name)
                if user.id == current_actor().user_id:
                    text("span", " · you", "ww-muted")
            text("td", user.role.value.capitalize())
            with ui.element("td"):
                badge("UP" if user.is_active else "PAUSED", "Active" if user.is_active else "Disabled")
            text("td", "on" if user.has_two_step else "off").props["data-label"] = "Two-step"
            with ui.element("td").props("data-label='Last sign-in'"):
                if user.last_sign_in_at is None:
                    text("span", "never", "ww-muted")
                else:
                    moment(user.last_sign_in_at, is_long=True)
            with ui.element("td").classes("ww-number"), ui.element("div").classes("ww-row-actions"):
                button("Edit", partial(self._ask_edit, user), says=f"Edit {user.name}")
                button("Set password", partial(self._ask_password, user), says=f"Set password for {user.name}")
                if user.has_two_step:
                    off = "Turn off two-step"
                    button(off, partial(self._ask_two_step, user), says=f"{off} for {user.name}")
                button("Delete", partial(self._ask_delete, user), says=f"Delete {user.name}")

    async def _reload(self) -> None:
        self._users, self._total = await accounts.listed(limit=MAX_ACCOUNTS)
        self.table.refresh()

    def _ask_add(self) -> None:
        async def add(values: Values) -> None:
            await accounts.add(
                {
                    "name": values["name"].strip(),
                    "role": Role[values["role"]],
                    "password": values["password"],
                }
            )
            await self._reload()

        ask("Add account", (NAME, ROLE, NEW), "Add account", add, filled={"role": Role.VIEWER.name})

    def _ask_edit(self, user: UserRead) -> None:
        filled = {"name": user.name, "role": user.role.name, "state": "on" if user.is_active else ""}
        words = "Changes apply immediately."

        async def change(values: Values) -> None:
            changed = {"name": values["name"].strip(), "role": Role[values["role"]], "is_active": bool(values["state"])}
            before = {"name": user.name, "role": user.role, "is_active": user.is_active}
            await accounts.change(user.id, {name: value for name, value in changed.items() if value != before[name]})
            await self._reload()

        ask(f"Edit {user.name}", (NAME, ROLE, STATE), "Save", change, filled=filled, words=words)

    def _ask_password(self, user: UserRead) -> None:
        async def reset(values: Values) -> None:
            await accounts.reset_password(user.id, values["password"])
            ui.notify(f"{user.name} has a new password and is signed out everywhere.", type="positive")

        ask(
            f"New password for {user.name}",
            (NEW,),
            "Set password",
            reset,
            words="This signs the account out everywhere.",
        )

    def _ask_two_step(self, user: UserRead) -> None:
        async def reset() -> None:
            await accounts.reset_two_step(user.id)
            await self._reload()

        words = "Use this if the person lost their device. They then sign in with the password alone."
        confirm(f"Two-step sign-in off for {user.name}?", words, "Turn off", reset)

    def _ask_delete(self, user: UserRead) -> None:
        async def remove() -> None:
            await accounts.remove(user.id)
            await self._reload()

        words = "Its API tokens stop working and it is signed out everywhere. The audit log keeps its name."
        confirm(f"Delete {user.name}?", words, "Delete account", remove)
