// The details panel: everything known about one request, loaded when it is opened.
import { copy, drag, h, icon, ICONS } from "./dom.js";
import { formatBytes, formatMs } from "./time.js";
import { statusClass, statusWord } from "./columns.js";
import { cookiesPane, headersPane, initiatorPane, messagesPane, responsePane, securityPane } from "./panes.js";
import { payloadPane } from "./payload.js";
import { timingPane } from "./timing.js";

const TABS = [
  ["headers", "Headers", headersPane, () => true],
  ["payload", "Payload", payloadPane, (details) => details?.request.payload || details?.query.length],
  ["response", "Response", responsePane, () => true],
  ["messages", "Messages", messagesPane, (details, row) => details?.messages.length || row.type === "websocket" || row.type === "eventsource"],
  ["cookies", "Cookies", cookiesPane, (details) => details && details.cookies.sent.length + details.cookies.set.length + details.cookies.refused.length > 0],
  ["timing", "Timing", timingPane, () => true],
  ["initiator", "Initiator", initiatorPane, () => true],
  ["security", "Security", securityPane, (details) => details?.security.length],
];

const COPIES = [["url", "Copy URL"], ["curl", "Copy as cURL"], ["fetch", "Copy as fetch"], ["httpx", "Copy as httpx"]];

export class Details {
  isOpen = false;
  tab = "headers";

  constructor(view) {
    this.view = view;
    this.title = h("h2", { tabindex: -1 });
    this.facts = h("div", { class: "wf-facts" });
    this.note = h("span", { class: "wf-copied", role: "status" });
    this.actions = h("div", { class: "wf-actions" });
    this.tabs = h("div", { class: "wf-tabs", role: "tablist", "aria-label": "Parts of the request", onkeydown: (event) => this.#tabKey(event) });
    this.pane = h("div", { class: "wf-pane", role: "tabpanel", id: "wf-pane", tabindex: 0 });
    this.element = h("aside", { class: "wf-aside wf-details", "aria-label": "Details of the request", hidden: true },
      this.#grip(),
      h("header", {}, this.title, h("button", { type: "button", class: "wf-tool", "aria-label": "Close the details", title: "Close (Esc)", onclick: () => view.closeAside() }, icon(ICONS.close))),
      this.facts, this.actions, this.tabs, this.pane);
  }

  show(row, tab = null) {
    if (tab) this.tab = tab;
    const isOther = row !== this.row;
    if (isOther) this.details = null;
    this.row = row;
    this.isOpen = true;
    this.element.hidden = false;
    if (this.view.film.isOpen) this.view.film.toggle();
    if (this.view.summary.isOpen) this.view.summary.toggle();
    if (isOther || !this.details) this.#ask();
    this.#paint();
  }

  // While j is held down, the rows it passes are not requested.
  #ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.row && this.view.emit("inspect", { key: this.row.key }), this.details === undefined ? 0 : 60);
  }

  receive(details) {
    if (!this.isOpen || details.key !== this.row?.key) return;
    this.details = details;
    this.version = this.row.version;
    this.#paint();
    if (this.pending) this.copy(this.pending);
  }

  /** Asks again, once, as the row may have got its response since. */
  refresh(row) {
    if (this.isOpen && row === this.row && this.details && this.version !== row.version) {
      this.version = row.version;
      this.#ask();
    }
  }

  close() {
    this.isOpen = false;
    this.row = null;
    this.element.hidden = true;
  }

  focus(row) {
    this.view.open(row);
    this.title.focus();
  }

  /** Copies the row in *format* as soon as the server has sent it. */
  copy(format) {
    this.pending = this.details ? null : format;
    if (!this.details) return;
    if (!this.details.copies[format]) return;
    copy(this.details.copies[format]).then(
      () => { this.note.textContent = format === "url" ? "URL copied" : `Copied as ${format === "curl" ? "cURL" : format}`; },
      () => { this.note.textContent = "The browser blocked copying"; });
    clearTimeout(this.fading);
    this.fading = setTimeout(() => { this.note.textContent = ""; }, 2500);
  }

  #paint() {
    const focused = document.activeElement;
    this.#draw();
    if (focused && focused !== document.body && !focused.isConnected) this.#focusAgain(focused);
  }

  // A redraw removes the focused element, so the focus is restored for readers without a mouse.
  #focusAgain(focused) {
    const same = focused.id ? this.tabs.querySelector(`#${CSS.escape(focused.id)}`) : [...this.actions.children].find((action) => action.textContent === focused.textContent);
    (same ?? this.title).focus();
  }

  #draw() {
    const { row, details } = this;
    this.title.textContent = row.name;
    this.title.title = row.url;
    this.facts.replaceChildren(...[
      h("span", { class: `wf-pill ${statusClass(row)}`, text: [statusWord(row), details?.status_text].filter(Boolean).join(" ") }),
      ...[row.method, row.protocol, formatBytes(row.encoded), row.outcome === 0 ? "in progress" : formatMs(row.duration)].filter(Boolean).map((text) => h("span", { text })),
    ]);
    this.#paintActions();
    const shown = TABS.filter(([, , , isThere]) => isThere(details, row));
    const current = shown.find(([id]) => id === this.tab) ?? shown[0];
    this.tabs.replaceChildren(...shown.map(([id, title]) => h("button", {
      type: "button", role: "tab", id: `wf-tab-${id}`, "aria-controls": "wf-pane", "aria-selected": String(id === current[0]), tabindex: id === current[0] ? 0 : -1,
      text: title, onclick: () => this.#pick(id),
    })));
    this.pane.setAttribute("aria-labelledby", `wf-tab-${current[0]}`);
    const isTiming = current[0] === "timing";
    this.pane.replaceChildren(...(details || isTiming ? current[2](details, row, this.view) : [skeleton()]));
  }

  #paintActions() {
    const offered = COPIES.filter(([format]) => this.details?.copies[format]);
    const act = (words, onclick) => h("button", { type: "button", class: "wf-link", text: words, onclick });
    this.actions.replaceChildren(...offered.map(([format, words]) => act(words, () => this.copy(format))),
      ...(this.view.options.canReopen ? [act("Open in a new session", () => this.view.emit("reopen", { key: this.row.key }))] : []), this.note);
  }

  #pick(id) {
    const hadFocus = this.tabs.contains(document.activeElement);
    this.tab = id;
    this.#paint();
    this.pane.scrollTop = 0;
    if (hadFocus) this.tabs.querySelector("[aria-selected=true]").focus();
  }

  #tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...this.tabs.children];
    const at = all.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    all[(at + step + all.length) % all.length].focus();
    this.#pick(document.activeElement.id.replace("wf-tab-", ""));
  }

  #grip() {
    return h("div", {
      class: "wf-aside-grip", role: "separator", tabindex: 0, "aria-orientation": "vertical", "aria-label": "Width of the details", "aria-valuemin": 300, "aria-valuemax": 2000, "aria-valuenow": 440,
      onpointerdown: (event) => this.#resize(event), onkeydown: (event) => this.#gripKey(event),
    });
  }

  #resize(event) {
    const before = this.element.offsetWidth;
    drag(event, (move) => this.#setWidth(before - (move.clientX - event.clientX)));
  }

  #gripKey(event) {
    const step = { ArrowLeft: 24, ArrowRight: -24 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#setWidth(this.element.offsetWidth + step);
  }

  #setWidth(width) {
    const px = Math.max(300, Math.round(width));
    this.view.element.style.setProperty("--wf-aside", `${px}px`);
    this.element.querySelector("[role=separator]").setAttribute("aria-valuenow", px);
  }
}

function skeleton() {
  return h("div", { class: "wf-skeleton", role: "status", "aria-label": "Loading" }, ...[70, 90, 55, 80, 62].map((width) => h("i", { style: `width:${width}%` })));
}
