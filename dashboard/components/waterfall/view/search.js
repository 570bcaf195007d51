// Searches inside headers and bodies. The server searches, and the hits are listed beside the rows.
import { h, icon, ICONS } from "./dom.js";

export class SearchPanel {
  isOpen = false;

  constructor(view) {
    this.view = view;
    const words = "Search in headers and bodies";
    const onkeydown = (event) => event.key === "Escape" && this.close();
    this.input = h("input", { type: "search", "aria-label": words, placeholder: words, onkeydown });
    this.note = h("p", { role: "status" });
    this.hits = h("ul", {});
    const form = h("form", { onsubmit: (event) => { event.preventDefault(); this.#ask(); } }, this.input, h("button", { class: "wf-button", text: "Search" }));
    this.element = h("aside", { class: "wf-aside wf-search", "aria-label": "Search", hidden: true },
      h("header", {}, h("h2", { text: "Search" }), h("button", { type: "button", class: "wf-tool", "aria-label": "Close the search", onclick: () => this.close() }, icon(ICONS.close))),
      form, this.note, this.hits);
  }

  open() {
    this.isOpen = true;
    this.element.hidden = false;
    this.input.focus();
  }

  close() {
    this.isOpen = false;
    this.element.hidden = true;
    this.view.scroller.focus();
  }

  #ask() {
    const text = this.input.value.trim();
    if (!text) return;
    this.note.textContent = "Searching …";
    this.hits.replaceChildren();
    this.view.emit("search", { text });
  }

  /** *hits* is {text, found: [{key, where, before, match, after}], isCut}. */
  receive({ text, found, isCut }) {
    const rows = new Set(found.map(({ key }) => key));
    this.note.textContent = found.length
      ? `${found.length}${isCut ? "+" : ""} ${found.length === 1 ? "hit" : "hits"} in ${rows.size} ${rows.size === 1 ? "row" : "rows"}`
      : `“${text}” was not found in stored headers and bodies.`;
    this.hits.replaceChildren(...found.map((hit) => this.#hit(hit)));
  }

  #hit({ key, where, before, match, after }) {
    const row = this.view.model.byKey.get(key);
    if (!row) return null;
    const tab = where.endsWith("headers") ? "headers" : where.startsWith("request") ? "payload" : "response";
    return h("li", {}, h("button", { type: "button", onclick: () => this.view.open(row, true, tab) },
      h("b", { text: row.name }), h("small", { text: where }), h("code", {}, before, h("mark", { text: match }), after)));
  }
}
