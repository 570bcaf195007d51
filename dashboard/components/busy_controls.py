"""Controls that show that they are busy until the server has finished their action.

Unexpected errors, such as a locked store, are shown to the reader.
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

# The browser shows the busy state itself, as the server may be too busy to send it. Vue may reuse a removed button's
# DOM node, so the script keeps the element and does not look it up again.
SCRIPT = """
<script>
const wwAtWork = new Map(); // key of an unfinished press → function that removes its busy state
let wwIsLeaving = false; // another page was requested: the busy state stays until it has loaded
function wwPress(key, emit, given) {
  if (wwAtWork.has(key)) return;
  const { submitter, currentTarget } = window.event;
  const pressed = submitter ?? currentTarget;
  const soon = setTimeout(() => pressed.setAttribute("aria-busy", "true"), 150); // ms; faster actions need no sign
  wwAtWork.set(key, () => { clearTimeout(soon); pressed.removeAttribute("aria-busy"); });
  emit(...given.filter((value) => !(value instanceof Event)));
}
function wwDone(key) {
  if (wwIsLeaving) return;
  wwAtWork.get(key)?.();
  wwAtWork.delete(key);
}
{ // socket.io queues events until it is connected; NiceGUI would poll for the connection for each event.
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
    """Call *do* when *element* is clicked, once at a time; show *element* as busy if it takes more than a moment.

    *first* is a JavaScript statement that runs within the click, for what the browser allows only there.
    """
    on_emit(element, "click", lambda _event: do(), first=first)


def on_submit(form: Element, do: Handler) -> None:
    """Call *do* when *form* is submitted; like `on_press`, with the form's button shown as busy."""
    on_emit(form, "submit.prevent", lambda _event: do())


def on_emit(element: Element, event: str, do: Callable[[GenericEventArguments], Work], *, first: str = "") -> None:
    """Call *do* when *element* emits *event* during a click or key press; otherwise like `on_press`."""
    key = f"{element.id} {event}"

    def pressed(event: GenericEventArguments) -> Awaitable[None] | None:
        work = None
        try:
            work = do(event)
        except Exception as error:  # any error must be shown to the reader; NiceGUI logs it
            notify_failure(event.client, error)
            raise
        finally:
            if not helpers.should_await(work):
                _done(event.client, key)
        return _finish(work, event.client, key) if helpers.should_await(work) else None

    element.on(event, pressed, js_handler=f"(...given) => {{ {first}wwPress('{key}', emit, given); }}")


async def _finish(work: Awaitable[Any], client: Client, key: str) -> None:
    try:
        with client:  # the work may redraw the part of the page that contains the control
            await work
    except Exception as error:  # as above
        notify_failure(client, error)
        raise
    finally:
        _done(client, key)


def _done(client: Client, key: str) -> None:
    client.run_javascript(f"wwDone('{key}')")
