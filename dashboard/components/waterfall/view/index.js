// The waterfall of one debug session: joins the parts, holds what the reader chose, repaints once a frame.
import { h, icon, ICONS } from "./dom.js";
import { ColumnChoice, COLUMNS } from "./columns.js";
import { Details } from "./details.js";
import { exportsOf } from "./export.js";
import { parse } from "./filter.js";
import { Film } from "./film.js";
import { Head, Lines } from "./axis.js";
import { helpDialog, keyboard } from "./keyboard.js";
import { List } from "./list.js";
import { Model } from "./model.js";
import { Overview } from "./overview.js";
import { readUrl, writeUrl } from "./url.js";
import { SearchPanel } from "./search.js";
import { scale } from "./time.js";
import { StatusLine } from "./status.js";
import { Toolbar } from "./toolbar.js";

const HEAD_HEIGHT = 28; // px, as in waterfall.css
const NARROW = 620; // px: below this the list shows three columns
const MANY = 120; // rows: of more, each bar would be a dot on the axis of the whole load
const stylesheet = loadStylesheet();

export class Waterfall {
  model = new Model();
  shown = []; // the rows that the filter leaves, in the order of the list
  milestones = {};
  console = [];
  frames = [];
  choice = new ColumnChoice();
  zoom = null; // {from, to} in ms; null: everything
  cursor = null; // ms, set by a click on the overview or on a picture
  sort = null; // {id, isDown}; null: the order of time
  selected = null;
  tied = new Set();
  only = null; // {keys, label}: rows that a finding or a search named
  live = null; // {since, elapsed}: performance.now() and the session's age then
  isFollowing = true;
  isZoomedToRows = false;
  zoomChoice = null; // "rows" or "all" once the reader said so
  unseen = 0;
  answers = new Map(); // what the server said to the filter's questions
  dirty = { rows: true, columns: true, overview: true };

  constructor(element, options, emit) {
    this.element = element;
    this.options = options;
    this.emit = emit;
    this.#build();
    this.#restore();
    this.observer = new ResizeObserver(() => this.refresh({ columns: true, overview: true }));
    this.observer.observe(this.scroller);
    this.theme = new MutationObserver(() => this.refresh({ overview: true }));
    this.theme.observe(document.body, { attributeFilter: ["class"] });
    this.keys = keyboard(this);
    document.addEventListener("keydown", this.keys);
    stylesheet.then(() => { element.classList.add("ready"); this.refresh({ columns: true, overview: true }); });
  }

  destroy() {
    this.observer.disconnect();
    this.theme.disconnect();
    document.removeEventListener("keydown", this.keys);
    cancelAnimationFrame(this.frame);
    clearInterval(this.clock);
  }

  #build() {
    const choice = this.choice;
    this.head = new Head({
      choice, onSort: (id) => this.sortBy(id), onResize: () => this.refresh({ columns: true }), onSplit: (x) => this.#split(x),
    });
    this.toolbar = new Toolbar({
      choice, rows: () => this.model.rows, onFilter: (text) => this.filter(text), onKinds: () => this.refresh({ rows: true }),
      onColumns: () => this.refresh({ columns: true }), onZoomToRows: () => this.toggleZoomToRows(), onHelp: () => helpDialog(this.element),
      onSearch: () => this.search.open(), onPicture: () => this.film.toggle(), onLeave: () => this.scroller.focus(), exports: exportsOf(this),
    });
    this.overview = new Overview({
      onZoom: (zoom) => this.zoomTo(zoom), onReset: () => this.zoomTo(null), onCursor: (at) => this.setCursor(at),
    });
    this.lines = new Lines();
    this.scroller = h("div", {
      class: "wf-scroll", role: "grid", tabindex: 0, "aria-label": "Requests", "aria-readonly": "true",
      onscroll: () => this.#scrolled(), onpointermove: (event) => this.#pointed(event), onpointerleave: () => this.#pointed(null),
    }, this.head.group, this.lines.element);
    this.list = new List(this.scroller, HEAD_HEIGHT, (row) => this.open(row));
    this.news = h("button", { type: "button", class: "wf-news", hidden: true, onclick: () => this.follow() });
    this.empty = h("div", { class: "wf-empty", hidden: true });
    this.status = new StatusLine();
    this.film = new Film(this);
    this.search = new SearchPanel(this);
    this.details = new Details(this);
    this.onlyChip = h("div", { class: "wf-only", hidden: true });
    const body = h("div", { class: "wf-body" }, this.scroller, this.empty, this.news);
    this.main = h("div", { class: "wf-main" }, this.toolbar.element, this.onlyChip, this.film.strip, this.overview.element, body, this.status.element);
    this.element.append(this.main, this.film.panel, this.search.element, this.details.element);
  }

  #restore() {
    const kept = readUrl();
    this.zoom = kept.zoom;
    this.zoomChoice = kept.zoomChoice;
    this.isZoomedToRows = kept.zoomChoice === "rows";
    this.toolbar.setKinds(kept.kinds);
    if (kept.filter) this.toolbar.set(kept.filter);
    this.isFollowing = !kept.zoom && !kept.filter;
  }

  // ---- what the server tells ----

  apply(batch) {
    const added = this.model.apply(batch);
    if (!this.isFollowing) this.unseen += added;
    if (this.answers.size) this.#askAgain();
    this.refresh({ rows: true });
  }

  /** *state* is {running, elapsed}: whether rows may still come, and the session's age in ms. */
  setState({ running, elapsed, words }) {
    this.emptyWords = words;
    this.live = running ? { since: performance.now(), elapsed } : null;
    clearInterval(this.clock);
    if (running) this.clock = setInterval(() => this.refresh({ overview: false }), 250);
    else this.unseen = 0;
    if (!running && !this.zoom && !this.zoomChoice) this.isZoomedToRows = this.model.rows.length > MANY || this.element.clientWidth < NARROW;
    this.refresh({ rows: true });
  }

  setMilestones(milestones) {
    this.milestones = milestones;
    this.refresh({ overview: true });
  }

  setConsole(messages) {
    this.console = messages;
    this.refresh({});
  }

  setFrames(frames) {
    this.frames = frames;
    this.toolbar.pictureButton.hidden = frames.length === 0;
    this.film.render();
    this.refresh({ overview: true });
  }

  setDetails(details) {
    this.details.receive(details);
    if (this.selected?.key === details.key) writeUrl(this, details.exchange_id);
  }

  setAnswer(question, keys) {
    this.answers.set(question, new Set(keys));
    this.refresh({ rows: true });
  }

  setHits(hits) {
    this.search.receive(hits);
  }

  /** Show the row that a link names, once it is there. */
  select(key) {
    this.wanted = key;
    this.refresh({ rows: true });
  }

  /** Show only the rows that something else named, such as a finding. */
  showOnly(keys, label) {
    this.only = keys ? { keys: new Set(keys), label } : null;
    this.onlyChip.hidden = !this.only;
    if (this.only) this.onlyChip.replaceChildren(h("span", { text: `${keys.length} ${keys.length === 1 ? "row" : "rows"}: ${label}` }),
      h("button", { type: "button", "aria-label": "Show all rows", onclick: () => this.showOnly(null) }, icon(ICONS.close, 12)));
    this.refresh({ rows: true });
  }

  // ---- what the reader does ----

  filter(text) {
    this.filterText = text;
    this.refresh({ rows: true });
  }

  sortBy(id) {
    this.sort = this.sort?.id !== id ? { id, isDown: false } : this.sort.isDown ? null : { id, isDown: true };
    this.refresh({ rows: true, columns: true });
  }

  zoomTo(zoom) {
    this.zoom = zoom && zoom.to - zoom.from > 0.1 ? zoom : null;
    this.isZoomedToRows = false;
    this.zoomChoice = "all";
    this.refresh({});
  }

  toggleZoomToRows() {
    this.isZoomedToRows = !this.isZoomedToRows;
    if (!this.isZoomedToRows) this.zoom = null;
    this.zoomChoice = this.isZoomedToRows ? "rows" : "all";
    this.refresh({});
  }

  setCursor(at) {
    this.cursor = at === this.cursor ? null : at;
    this.film.render();
    this.refresh({});
  }

  /** Make *row* the current one; with its details when they are open or *isOpened*. */
  open(row, isOpened = true, tab = null) {
    this.selected = row;
    this.tied = this.model.tied(row);
    this.isFollowing = false;
    this.list.reveal(this.shown.indexOf(row));
    this.scroller.setAttribute("aria-activedescendant", `wf-row-${row.key}`);
    if (isOpened || this.details.isOpen) this.details.show(row, tab);
    this.refresh({});
  }

  closeAside() {
    this.details.close();
    writeUrl(this, "");
    this.scroller.focus();
  }

  follow() {
    this.isFollowing = true;
    this.unseen = 0;
    this.refresh({ rows: true });
  }

  #scrolled() {
    const isAtEnd = this.list.isAtEnd();
    if (!isAtEnd && this.scroller.scrollTop < (this.lastTop ?? 0)) this.isFollowing = false;
    else if (isAtEnd && this.live && !this.selected) this.isFollowing = true;
    if (isAtEnd) this.unseen = 0;
    this.lastTop = this.scroller.scrollTop;
    this.refresh({});
  }

  #pointed(event) {
    if (!this.scale) return;
    const x = event ? event.clientX - this.scroller.getBoundingClientRect().left - this.tableWidth : -1;
    this.lines.point(this.scale, x < 0 ? null : this.scale.instant(x));
  }

  #split(clientX) {
    const box = this.scroller.getBoundingClientRect();
    this.choice.tableShare = Math.min(0.85, Math.max(0.15, (clientX - box.left) / box.width));
    this.choice.keep();
    this.refresh({ columns: true });
  }

  // The server answers a question about headers once per change of the rows, at most once a second.
  #askAgain() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => { for (const question of this.answers.keys()) this.emit("ask", { question }); }, 1000);
  }

  // ---- painting ----

  refresh(parts) {
    Object.assign(this.dirty, Object.fromEntries(Object.entries(parts).filter(([, isDirty]) => isDirty)));
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    const { rows, columns, overview } = this.dirty;
    this.dirty = {};
    if (rows) this.#chooseRows();
    if (columns) this.#layOut();
    const end = this.end();
    if (this.isZoomedToRows) this.#zoomToSight();
    const span = this.zoom ?? { from: 0, to: end };
    const next = { ...scale(span.from, span.to, this.barsWidth), now: this.now() };
    const isScaleNew = !this.scale || next.from !== this.scale.from || next.to !== this.scale.to || next.width !== this.scale.width;
    if (isScaleNew || this.live) this.scale = next;
    this.list.render(this.shown, this.columns, this.scale, (row) => this.#marks(row));
    if (this.isFollowing && this.live && rows) {
      this.list.scrollToEnd();
      this.list.render(this.shown, this.columns, this.scale, (row) => this.#marks(row));
    }
    this.head.renderAxis(this.scale, this.milestones, this.console);
    this.lines.render(this.scale, this.milestones, this.cursor, this.tableWidth, this.scroller.clientHeight - HEAD_HEIGHT);
    if (rows || overview || this.overviewEnd !== end) {
      this.overviewEnd = end;
      this.overview.render(this.model.rows, this.shown.length === this.model.rows.length ? null : new Set(this.shown), end, this.milestones, this.frames);
      this.status.render(this.model.rows, this.shown, this.milestones);
    }
    this.overview.select(this.zoom);
    this.toolbar.zoomButton.setAttribute("aria-pressed", String(this.isZoomedToRows));
    this.#paintNews();
    writeUrl(this);
  }

  #chooseRows() {
    const { test, asks, errors } = parse(this.filterText ?? "", this.answers);
    for (const question of asks) {
      if (this.answers.has(question)) continue;
      this.answers.set(question, new Set());
      this.emit("ask", { question });
    }
    const kinds = this.toolbar.kinds;
    const only = this.only?.keys;
    this.shown = this.model.rows.filter((row) => (kinds.size === 0 || kinds.has(row.kind)) && (!only || only.has(row.key)) && test(row));
    if (this.sort) this.#sortRows();
    this.toolbar.showErrors(errors);
    this.scroller.setAttribute("aria-rowcount", this.shown.length + 1);
    const wanted = this.wanted && this.model.byKey.get(this.wanted);
    if (wanted) {
      this.wanted = null;
      queueMicrotask(() => this.open(wanted));
    }
    if (this.selected) this.details.refresh(this.selected);
  }

  #sortRows() {
    const read = COLUMNS.find(({ id }) => id === this.sort.id).sort;
    const sign = this.sort.isDown ? -1 : 1;
    const keyed = this.shown.map((row) => [read(row), row]);
    keyed.sort(([a, first], [b, second]) => (a < b ? -sign : a > b ? sign : first.start - second.start));
    this.shown = keyed.map(([, row]) => row);
  }

  #layOut() {
    const width = this.scroller.clientWidth;
    const isNarrow = width < NARROW;
    this.element.classList.toggle("narrow", isNarrow);
    this.columns = this.choice.shown(isNarrow);
    const fixed = this.columns.slice(1).reduce((sum, column) => sum + this.choice.width(column), 0);
    const wished = isNarrow ? width * 0.74 : width * (this.choice.tableShare ?? (width < 1000 ? 0.6 : 0.5));
    this.tableWidth = Math.round(Math.min(Math.max(wished, fixed + 120), width - (isNarrow ? 80 : 140)));
    this.barsWidth = Math.max(width - this.tableWidth, 40);
    const tracks = [`minmax(0, ${this.tableWidth - fixed}px)`, ...this.columns.slice(1).map((column) => `${this.choice.width(column)}px`), `${this.barsWidth}px`];
    this.scroller.style.setProperty("--wf-tracks", tracks.join(" "));
    this.scroller.setAttribute("aria-colcount", this.columns.length + 1);
    this.head.renderColumns(this.columns, this.sort);
  }

  #zoomToSight() {
    const inSight = this.list.inSight();
    if (!inSight.length) return;
    const from = Math.min(...inSight.map((row) => row.start));
    const to = Math.max(...inSight.map((row) => (row.outcome === 0 ? this.now() : row.end)));
    const margin = Math.max((to - from) * 0.03, 1);
    this.zoom = { from: Math.max(0, from - margin), to: to + margin * 3 };
  }

  #marks(row) {
    if (row === this.selected) return " selected";
    return this.tied.has(row) ? " tied" : "";
  }

  #paintNews() {
    this.news.hidden = !(this.live && !this.isFollowing && this.unseen > 0);
    if (!this.news.hidden) this.news.replaceChildren(`${this.unseen} new ${this.unseen === 1 ? "row" : "rows"}`, icon(ICONS.down, 13));
    this.empty.hidden = this.shown.length > 0;
    if (this.empty.hidden) return;
    const words = this.model.rows.length ? "No request matches the filter." : this.emptyWords ?? "No request was captured.";
    if (this.empty.textContent !== words) this.empty.textContent = words;
  }

  /** ms since the session's start: now while it runs, else when the last thing happened. */
  now() {
    return this.live ? Math.max(this.model.end, this.live.elapsed + performance.now() - this.live.since) : this.model.end;
  }

  /** The right edge of the whole axis, in ms. */
  end() {
    const last = Math.max(this.model.rows.length || !this.live ? this.model.end : this.now(), ...Object.values(this.milestones), 1);
    return last * 1.06;
  }
}

function loadStylesheet() {
  const link = h("link", { rel: "stylesheet", href: new URL("./waterfall.css", import.meta.url).href });
  const loaded = new Promise((resolve) => { link.onload = link.onerror = resolve; });
  document.head.append(link);
  return loaded;
}
