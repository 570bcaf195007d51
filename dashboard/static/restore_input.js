// Restores typed text after a reload that the reader did not ask for, after a restart of the server or a long connection
// loss. The browser keeps the text for some minutes, for this tab, page and account. Passwords are never kept.
const KEY = "watchwright-typed";
const KEPT_MS = 600_000;
const LATELY_MS = 15_000; // after a connection loss, within which a reload is taken to be caused by it
const WAIT_MS = 20_000; // for the page and its dialog to appear, on a busy machine
const FIELDS = "input:not([type=password], [type=file], [type=hidden], [type=search]), textarea, select";
const PLACES = "form:not([role=search]), textarea, [role=dialog]"; // filters need not be restored
const edited = new Map(); // field → the button that submitted it, null before that
const before = new Map(); // field → its value before it was edited
let opener = null; // the button that opened the current dialog
let lostAt = -Infinity; // when the connection was last known to be lost

const dialogOf = (element) => element.closest('[role="dialog"]');
const who = () => document.querySelector('.ww-header a[href$="/account"]')?.ariaLabel ?? "";

addEventListener("beforeinput", ({ target }) => {
  if (edited.get(target) !== null) before.set(target, target.value); // after a submit, editing starts again
}, true);

addEventListener("input", ({ target }) => {
  if (target.matches(FIELDS) && target.closest("#content, [role=dialog]") && target.closest(PLACES)) edited.set(target, null);
}, true);

addEventListener("click", ({ target }) => {
  if (dialogOf(target)) return;
  const button = target.closest("button");
  opener = button && wwControls.mark(document, "button", button);
  const card = button?.closest("form, .ww-card"); // the button submits the fields around it
  if (card) for (const field of edited.keys()) if (card.contains(field)) edited.set(field, button);
}, true);

new MutationObserver(([{ oldValue }]) => {
  if (`${oldValue} ${document.body.className}`.includes("ww-offline")) lostAt = performance.now();
}).observe(document.body, { attributeFilter: ["class"], attributeOldValue: true });

addEventListener("pagehide", () => {
  if (!document.body.classList.contains("ww-offline") && performance.now() - lostAt > LATELY_MS) return;
  const there = [...edited].filter(([, sentBy]) => !sentBy || sentBy.ariaBusy === "true") // busy: not known to have arrived
    .map(([field]) => field).filter((field) => field.isConnected && field.checkVisibility());
  const dialog = there.map(dialogOf).find(Boolean);
  const scope = dialog ?? document.getElementById("content");
  const fields = there.filter((field) => scope.contains(field)).map((field) => ({
    ...wwControls.mark(scope, FIELDS, field), value: field.type === "checkbox" ? field.checked : field.value,
    was: before.get(field),
  }));
  if (!fields.length || (dialog && !opener)) return;
  const kept = { at: Date.now(), path: location.pathname, who: who(), opener: dialog ? opener : null, fields };
  sessionStorage.setItem(KEY, JSON.stringify(kept));
});

async function until(look) {
  for (const end = performance.now() + WAIT_MS; performance.now() < end; await new Promise((go) => setTimeout(go, 100))) {
    const seen = look();
    if (seen) return seen;
  }
  throw new Error("the server did not respond");
}

function put(field, value) {
  const property = field.type === "checkbox" ? "checked" : "value";
  field.closest("details")?.setAttribute("open", "");
  field[property] = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Tells the reader if somebody else has changed the field meanwhile, as the restored text hides that.
function tellHidden(field, { name, value, was }) {
  if (was === undefined || !field.value || field.value === was || field.value === value) return;
  const message = `${name}: somebody else saved “${field.value}”. Your text replaces it when you save.`;
  Quasar.Notify.create({ message, timeout: 0, multiLine: true, actions: [{ label: "Close", color: "white" }] });
}

async function restore({ at, path, who: whose, opener: button, fields }) {
  if (path !== location.pathname || Date.now() - at > KEPT_MS) return;
  await until(() => window.socket?.connected && document.getElementById("content"));
  if (whose !== who()) return;
  if (button) (await until(() => wwControls.find(document, "button", button))).click();
  const scope = () => (button ? document.querySelector('[role="dialog"]') : document.getElementById("content"));
  const there = await until(() => {
    const all = scope() && fields.map((field) => wwControls.find(scope(), FIELDS, field));
    return all && all.every(Boolean) && all;
  });
  there.forEach((field, number) => {
    tellHidden(field, fields[number]);
    put(field, fields[number].value);
  });
  there.forEach((field) => field.dispatchEvent(new Event("change", { bubbles: true }))); // last, as it may derive other fields
  there.at(-1).focus();
  Quasar.Notify.create({ message: "The page was reloaded. Your unsaved text is restored." });
}

const kept = sessionStorage.getItem(KEY);
sessionStorage.removeItem(KEY);
if (kept) restore(JSON.parse(kept)).catch((error) => console.info("Unsaved text was lost:", error.message));
