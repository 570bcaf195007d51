// The filter field with its completions, the type chips, and the buttons beside them.
import { h, icon, ICONS } from "./dom.js";
import { CHIPS, completions } from "./filter.js";
import { COLUMNS } from "./columns.js";

export class Toolbar {
  constructor({ rows, choice, onFilter, onKinds, onZoomToRows, onColumns, onSearch, onPicture, onSummary, onHelp, onLeave, exports }) {
    Object.assign(this, { rows, choice, onFilter, onColumns, onKinds, onLeave });
    this.kinds = new Set();
    this.input = h("input", {
      type: "text", class: "wf-filter", spellcheck: "false", autocomplete: "off", role: "combobox",
      "aria-label": "Filter requests", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "wf-completions",
      placeholder: "Filter — text, status:404, method:post, domain:cdn, larger-than:100k …",
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
      onfocus: () => this.#suggest(), onblur: () => this.#close(),
    });
    this.popup = h("div", { class: "wf-popup wf-completions", id: "wf-completions", role: "listbox", "aria-label": "Completions", hidden: true });
    this.clear = h("button", { type: "button", class: "wf-clear", "aria-label": "Clear the filter", hidden: true, onclick: () => this.set("", true) }, icon(ICONS.close, 13));
    this.key = h("kbd", { text: "/" });
    this.error = h("div", { class: "wf-filter-error", role: "alert", hidden: true });
    const box = h("div", { class: "wf-filter-box" }, icon(ICONS.search, 14), this.input, this.clear, this.key, this.popup);
    this.chips = h("div", { class: "wf-chips", role: "group", "aria-label": "Types" },
      this.#chip("", "All"), ...CHIPS.map(([kind, title]) => this.#chip(kind, title)));
    this.zoomButton = h("button", {
      type: "button", class: "wf-button wf-zoom", "aria-label": "Zoom to rows", "aria-pressed": "false",
      onclick: onZoomToRows, title: "The time axis follows the rows on screen (z)",
    }, h("span", { text: "Zoom to rows" }));
    this.pictureButton = h("button", { type: "button", class: "wf-tool", "aria-label": "The page's picture", title: "The page's picture (p)", hidden: true, onclick: onPicture }, icon(ICONS.picture));
    this.element = h("div", { class: "wf-toolbar" }, h("div", { class: "wf-toolbar-row" }, box, this.chips, this.zoomButton,
      h("div", { class: "wf-tools" },
        this.pictureButton,
        h("button", { type: "button", class: "wf-tool", "aria-label": "Summary", title: "Summary (m)", onclick: onSummary }, icon(ICONS.summary)),
        h("button", { type: "button", class: "wf-tool", "aria-label": "Search in headers and bodies", title: "Search in headers and bodies (s)", onclick: onSearch }, icon(ICONS.search)),
        this.#menu("Columns", ICONS.columns, () => this.#columnItems()),
        this.#menu("Export the waterfall", ICONS.export, () => exports.map(([title, act]) => h("button", { type: "button", role: "menuitem", onclick: act, text: title }))),
        h("button", { type: "button", class: "wf-tool", "aria-label": "Keyboard", title: "Keyboard (?)", onclick: onHelp }, icon(ICONS.help)),
      )), this.error);
  }

  #chip(kind, title) {
    return h("button", {
      type: "button", class: "wf-chip", "data-kind": kind, "aria-pressed": String(kind === ""), text: title,
      onclick: (event) => this.pick(kind, event.ctrlKey || event.metaKey || event.shiftKey),
    });
  }

  /** Selects a type; *isAdded* keeps the others selected. */
  pick(kind, isAdded = false) {
    const had = this.kinds.has(kind);
    if (!kind || !isAdded) this.kinds.clear();
    if (kind && !had) this.kinds.add(kind);
    else if (kind && isAdded) this.kinds.delete(kind);
    this.#showKinds();
    this.onKinds();
  }

  setKinds(kinds) {
    this.kinds = new Set(kinds.filter((kind) => CHIPS.some(([known]) => known === kind)));
    this.#showKinds();
  }

  #showKinds() {
    for (const chip of this.chips.children) {
      const kind = chip.dataset.kind;
      chip.setAttribute("aria-pressed", String(kind ? this.kinds.has(kind) : this.kinds.size === 0));
    }
  }

  set(text, hasFocus = false) {
    this.input.value = text;
    this.#typed();
    if (hasFocus) this.input.focus();
    else this.#close();
  }

  /** Adds *term* to the filter, or removes it. */
  toggle(term) {
    const text = ` ${this.input.value} `;
    this.set((text.includes(` ${term} `) ? text.replace(` ${term} `, " ") : text + term).trim());
  }

  showZoomed(isZoomed) {
    if (this.isZoomed !== isZoomed) this.zoomButton.setAttribute("aria-pressed", String((this.isZoomed = isZoomed)));
  }

  showErrors(errors) {
    if (this.shownError === (errors[0] ?? "")) return;
    this.shownError = errors[0] ?? "";
    this.error.hidden = errors.length === 0;
    this.error.textContent = errors[0] ?? "";
    this.input.setAttribute("aria-invalid", String(errors.length > 0));
  }

  #typed() {
    this.clear.hidden = this.input.value === "";
    this.key.hidden = this.input.value !== "";
    this.onFilter(this.input.value);
    this.#suggest();
  }

  #suggest() {
    if (document.activeElement !== this.input || !this.input.value.trim()) return this.#close();
    this.found = completions(this.input.value, this.input.selectionStart, this.rows());
    this.active = -1;
    this.popup.replaceChildren(...this.found.items.map(({ text, hint }, index) => h("div", {
      role: "option", id: `wf-completion-${index}`, "aria-selected": "false",
      onpointerdown: (event) => { event.preventDefault(); this.#complete(index); },
    }, h("code", { text }), h("span", { text: hint }))));
    this.popup.hidden = this.found.items.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.popup.hidden));
    this.input.removeAttribute("aria-activedescendant");
  }

  #close() {
    this.popup.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }

  #complete(index) {
    const { from, to, items } = this.found;
    const isKey = items[index].text.endsWith(":");
    const text = /\s/.test(items[index].text) ? `"${items[index].text}"` : items[index].text;
    this.input.value = this.input.value.slice(0, from) + text + (isKey ? "" : " ") + this.input.value.slice(to).trimStart();
    this.input.selectionStart = this.input.selectionEnd = from + text.length + (isKey ? 0 : 1);
    this.#typed();
  }

  #key(event) {
    const isOpen = !this.popup.hidden;
    if (isOpen && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (isOpen && (event.key === "Tab" || event.key === "Enter") && (this.active >= 0 || event.key === "Tab")) {
      this.#complete(Math.max(this.active, 0));
    } else if (event.key === "Escape" && isOpen) {
      this.#close();
    } else if (event.key === "Escape" || event.key === "Enter" || event.key === "ArrowDown") {
      this.#close();
      this.onLeave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(step) {
    const options = [...this.popup.children];
    this.active = (this.active + step + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)));
    this.input.setAttribute("aria-activedescendant", `wf-completion-${this.active}`);
    options[this.active].scrollIntoView({ block: "nearest" });
  }

  #menu(title, path, items) {
    const popup = h("div", {
      class: "wf-popup wf-menu", role: "menu", "aria-label": title, hidden: true,
      onclick: (event) => { if (event.target.getAttribute("role") === "menuitem") { close(); button.focus(); } }, // the columns menu stays open for further choices
    });
    const close = (event) => {
      if (event && holder.contains(event.target)) return;
      popup.hidden = true;
      button.setAttribute("aria-expanded", "false");
      document.removeEventListener("pointerdown", close);
    };
    const button = h("button", {
      type: "button", class: "wf-tool", "aria-label": title, title, "aria-haspopup": "menu", "aria-expanded": "false",
      onclick: () => {
        if (!popup.hidden) return close();
        popup.replaceChildren(...items());
        popup.hidden = false;
        button.setAttribute("aria-expanded", "true");
        document.addEventListener("pointerdown", close);
        popup.querySelector("button")?.focus();
      },
    }, icon(path));
    const holder = h("div", {
      class: "wf-menu-holder",
      onkeydown: (event) => {
        if (popup.hidden) return;
        event.stopPropagation();
        if (event.key === "Escape") { close(); button.focus(); }
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        const all = [...popup.querySelectorAll("button")];
        all[(all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length]?.focus();
      },
    }, button, popup);
    return holder;
  }

  #columnItems() {
    const boxes = COLUMNS.slice(1).map(({ id, title }) => {
      const item = h("button", {
        type: "button", role: "menuitemcheckbox", "aria-checked": String(!this.choice.hidden.has(id)), text: title,
        onclick: () => {
          this.choice.toggle(id);
          item.setAttribute("aria-checked", String(!this.choice.hidden.has(id)));
          this.onColumns();
        },
      });
      return item;
    });
    const reset = h("button", { type: "button", role: "menuitem", text: "Reset columns", onclick: () => { this.choice.reset(); this.onColumns(); } });
    return [...boxes, h("hr"), reset];
  }
}
