// The search dialog, opened by its button, by / and by Ctrl+K on every page. Results are inserted as text, never as HTML.
const GROUPS = [["websites", "Websites"], ["windows", "Downtime"], ["checks", "Check errors"], ["sessions", "Debug sessions"], ["requests", "Requests"]];
const PAUSE_MS = 140; // after the last key press, before the search starts
const SHOWN = 5; // hits per kind; the page /search shows more
const prefix = () => window.path_prefix ?? ""; // NiceGUI sets it when it mounts the page
let dialog, field, list, note, timer, asked;

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

const link = (hit) => {
  if (hit.session_id != null) return `/debug-sessions/${hit.session_id}${hit.exchange_id ? `?row=${encodeURIComponent(hit.exchange_id)}` : ""}`;
  return hit.window_id != null ? `/downtime/${hit.window_id}` : `/websites/${hit.website_id}`;
};

function option(hit) {
  const title = hit.session_id == null ? hit.website : `${hit.website}, session ${hit.session_id}`;
  const words = make("span", { className: "ww-found" }, make("small", { textContent: hit.where }), ` ${hit.before}`, make("mark", { textContent: hit.match }), hit.after);
  const heading = make("b", { textContent: title });
  if (hit.at) heading.append(make("small", { className: "ww-muted", textContent: wwMoment(hit.at) })); // distinguishes equal texts
  const element = make("a", { href: prefix() + link(hit), className: "ww-hit", tabIndex: -1 }, heading, words);
  element.setAttribute("role", "option");
  element.id = `ww-hit-${list.querySelectorAll("a").length}`;
  list.append(element);
}

function draw(found) {
  list.replaceChildren();
  for (const [kind, title] of GROUPS) {
    if (!found[kind].length) continue;
    list.append(make("div", { className: "ww-hits-head", textContent: title, role: "presentation" }));
    found[kind].forEach(option);
  }
  note.textContent = said(found);
  choose(null);
}

function said(found) {
  if (!found.total) return "No results.";
  if (found.total === 1) return "1 found; Enter opens it";
  const isCut = GROUPS.some(([kind]) => found[kind].length === SHOWN);
  return `${found.total}${isCut ? " and more" : ""} found; Enter shows all`;
}

async function ask() {
  const words = field.value.trim();
  asked?.abort();
  if (!words) { list.replaceChildren(); note.textContent = HINT; return; }
  asked = new AbortController();
  try {
    const answer = await fetch(`${prefix()}/api/v1/search?limit=${SHOWN}&q=${encodeURIComponent(words)}`, { signal: asked.signal });
    if (!answer.ok) throw new Error(`the server returned ${answer.status}`);
    draw(await answer.json());
  } catch (error) {
    if (error.name !== "AbortError") note.textContent = `Search failed: ${error.message}.`;
  }
}
const HINT = "Websites, downtime, errors, requests and header values. Elsewhere, ? lists the keys.";

function choose(element) {
  list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
  element?.setAttribute("aria-selected", "true");
  element?.scrollIntoView({ block: "nearest" });
  if (element) field.setAttribute("aria-activedescendant", element.id);
  else field.removeAttribute("aria-activedescendant");
}

function onKey(event) {
  if (event.key === "Escape") { // a search field would use the first Escape to clear itself
    event.preventDefault();
    dialog.close();
    return;
  }
  const hits = [...list.querySelectorAll("a")];
  const at = hits.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    choose(hits[next < 0 ? hits.length - 1 : next % hits.length] ?? null);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const hit = hits.length === 1 ? hits[0] : hits[at];
    if (hit) hit.click();
    else if (field.value.trim()) location.href = `${prefix()}/search?q=${encodeURIComponent(field.value.trim())}`;
  }
}

function build() {
  field = make("input", { type: "search", className: "ww-input", placeholder: "Search everything", autocomplete: "off", spellcheck: false, maxLength: 200 });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": "Search everything", "aria-expanded": "true", "aria-controls": "ww-hits", "aria-autocomplete": "list" }))
    field.setAttribute(name, value);
  list = make("div", { id: "ww-hits" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Results");
  note = make("p", { className: "ww-muted", textContent: HINT });
  note.setAttribute("role", "status");
  dialog = make("dialog", { className: "ww-search" }, field, list, note);
  dialog.setAttribute("aria-label", "Search");
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE_MS); });
  field.addEventListener("keydown", onKey);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
}

function open() {
  if (!dialog) build();
  if (!dialog.open) dialog.showModal();
  field.select();
}

document.addEventListener("click", (event) => { if (event.target.closest?.("#ww-search")) open(); });
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  const isAsked = (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
  if (!isAsked || event.defaultPrevented) return;
  event.preventDefault();
  open();
});
