"""A press that takes its time: the browser shows by itself that it was taken, until the server says that it is done.

One that fails as nobody thought of, as where the store is locked, is told as failed.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import helpers
from nicegui.client import Client
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.error_notices import notify_failure

Work = Awaitable[Any] | Any
Handler = Callable[[], Work]

# In the browser, as the sign must come when the server is too busy to send one. Vue may use a removed button's node
# for the next one, so what is taken back is kept, not looked up.
SCRIPT = """
<script>
const wwAtWork = new Map(); // what was pressed and is not done → what takes its sign away
let wwIsLeaving = false; // another page was asked for: the sign stays until that one is there
function wwPress(key, emit, given) {
  if (wwAtWork.has(key)) return;
  const { submitter, currentTarget } = window.event;
  const pressed = submitter ?? currentTarget;
  const soon = setTimeout(() => pressed.setAttribute("aria-busy", "true"), 150); // ms; what is quicker needs no sign
  wwAtWork.set(key, () => { clearTimeout(soon); pressed.removeAttribute("aria-busy"); });
  emit(...given.filter((value) => !(value instanceof Event)));
}
function wwDone(key) {
  if (wwIsLeaving) return;
  wwAtWork.get(key)?.();
  wwAtWork.delete(key);
}
{ // Until there is a line, socket.io keeps what is sent in its order; NiceGUI has each event look for it by itself.
  let isShaken = false;
  Object.defineProperty(window, "did_handshake", {
    get: () => isShaken || Boolean(window.socket?.io.opts.query.implicit_handshake),
    set: (is) => { isShaken = is; },
  });
}
addEventListener("pageshow", () => { wwIsLeaving = false; [...wwAtWork.keys()].forEach(wwDone); }); // come back to
</script>
"""


def on_press(element: Element, do: Handler, *, first: str = "") -> None:
    """Have *do* done when *element* is clicked: once at a time, and shown as busy when it takes more than a moment.

    *first* is a statement for the browser to run within the click, for what it allows only there.
    """
    on_emit(element, "click", lambda _event: do(), first=first)


def on_submit(form: Element, do: Handler) -> None:
    """The same when *form* is sent; its button is what is shown as busy."""
    on_emit(form, "submit.prevent", lambda _event: do())


def on_emit(element: Element, event: str, do: Callable[[GenericEventArguments], Work], *, first: str = "") -> None:
    """The same when *element* emits *event* while it handles a click or a key of its own."""
    key = f"{element.id} {event}"

    def pressed(given: GenericEventArguments) -> Awaitable[None] | None:
        work = None
        try:
            work = do(given)
        except Exception as error:  # whatever it is, who pressed must hear of it; NiceGUI logs it
            notify_failure(given.client, error)
            raise
        finally:
            if not helpers.should_await(work):
                _done(given.client, key)
        return _finish(work, given.client, key) if helpers.should_await(work) else None

    element.on(event, pressed, js_handler=f"(...given) => {{ {first}wwPress('{key}', emit, given); }}")


async def _finish(work: Awaitable[Any], client: Client, key: str) -> None:
    try:
        await work
    except Exception as error:  # as above
        notify_failure(client, error)
        raise
    finally:
        _done(client, key)


def _done(client: Client, key: str) -> None:
    client.run_javascript(f"wwDone('{key}')")
