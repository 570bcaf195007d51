// The waterfall of one debug session: joins the parts, holds the reader's choices, repaints once per frame.
import { debounced, h, icon, ICONS } from "./dom.js";
import { Answers } from "./answers.js";
import { ColumnChoice } from "./columns.js";
import { Details } from "./details.js";
import { exportsOf } from "./export.js";
import { Film } from "./film.js";
import { afterPaint, stylesheet } from "./first.js";
import { Head, Lines } from "./axis.js";
import { helpDialog, keyboard } from "./keyboard.js";
import { List } from "./list.js";
import { Model } from "./model.js";
import { NARROW, paint } from "./paint.js";
import { Overview } from "./overview.js";
import { printing } from "./print.js";
import { readUrl, writeUrl } from "./url.js";
import { SearchPanel } from "./search.js";
import { StatusLine } from "./status.js";
import { SummaryPanel } from "./summary_panel.js";
import { Toolbar } from "./toolbar.js";

const HEAD_HEIGHT = 28; // px, as in waterfall.css
const MANY = 120; // rows from which each bar would be a dot on the axis of the whole load

export class Waterfall {
  model = new Model();
  shown = []; // the filtered rows, in the order of the list
  milestones = {};
  console = [];
  frames = [];
  zoom = null; // {from, to} in ms; null for everything
  cursor = null; // ms, set by a click on the overview or on a picture
  sort = null; // {id, isDown}; null for the order of time
  selected = null;
  tied = new Set();
  only = null; // {keys, label}: rows that a finding or a search selected
  live = null; // {since, elapsed}: performance.now() and the session's age then
  isFollowing = true;
  isZoomedToRows = false;
  zoomChoice = null; // "rows" or "all" once the reader has chosen
  expected = null; // totals that arrive before all rows
  unseen = 0;
  dirty = {};
  isReady = false;

  constructor(element, options, emit) {
    this.element = element;
    this.options = options;
    this.emit = emit;
    this.answers = new Answers(emit);
    this.choice = new ColumnChoice(options.columns, debounced((choice) => emit("columns", choice), 300));
    this.#build();
    this.#restore();
    this.observer = new ResizeObserver(() => this.refresh({ columns: true, overview: true }));
    this.observer.observe(this.scroller);
    this.theme = new MutationObserver(() => this.refresh({ overview: true }));
    this.theme.observe(document.body, { attributeFilter: ["class"] });
    this.endPrinting = printing(this);
    this.keys = keyboard(this);
    document.addEventListener("keydown", this.keys, true); // captured before the page's own keys, as `/` focuses the filter here
    stylesheet.then(() => {
      element.classList.add("ready");
      this.isReady = true;
      this.refresh({ rows: true, columns: true, overview: true });
      afterPaint(() => { this.list.isSpread = true; emit("painted", {}); });
    });
  }

  destroy() {
    for (const observer of [this.observer, this.theme]) observer.disconnect();
    document.removeEventListener("keydown", this.keys, true);
    this.endPrinting();
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.strip);
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
      onSearch: () => this.search.open(), onPicture: () => this.film.toggle(), onSummary: () => this.summary.toggle(), onLeave: () => this.scroller.focus(), exports: exportsOf(this),
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
    this.status = new StatusLine(() => this.toolbar.toggle("is:failed"));
    this.film = new Film(this);
    this.search = new SearchPanel(this);
    this.summary = new SummaryPanel(this);
    this.details = new Details(this);
    this.onlyChip = h("div", { class: "wf-only", hidden: true });
    const body = h("div", { class: "wf-body" }, this.scroller, this.empty, this.news);
    this.main = h("div", { class: "wf-main" }, this.toolbar.element, this.onlyChip, this.film.strip, this.overview.element, body, this.status.element);
    this.element.append(this.main, this.film.panel, this.search.element, this.summary.element, this.details.element);
  }

  #restore() {
    const { zoom, zoomChoice, kinds, filter, sort } = readUrl();
    Object.assign(this, { zoom, zoomChoice, sort, isZoomedToRows: zoomChoice === "rows", isFollowing: !zoom && !filter });
    this.toolbar.setKinds(kinds);
    if (filter) this.toolbar.set(filter);
  }

  /** Shows what the page itself contains: the first rows, and the totals of all. */
  begin({ batch, totals, milestones, frames, wanted }) {
    this.expected = totals ?? null;
    this.scroller.setAttribute("aria-busy", String(this.expected !== null));
    if (milestones) this.milestones = milestones;
    if (frames?.length) this.setFrames(frames);
    this.wanted = wanted;
    this.isZoomedToRows ||= this.#isWide() && !this.zoom && !this.zoomChoice;
    if (batch) this.apply(batch);
  }

  /** All existing rows have arrived. */
  setComplete() {
    this.expected = null;
    this.scroller.setAttribute("aria-busy", "false");
    this.refresh({ overview: true });
  }

  apply(batch) {
    const added = this.model.apply(batch);
    if (!this.isFollowing) this.unseen += added;
    this.answers.askAgain();
    this.summary.refresh();
    this.refresh({ rows: true });
  }

  /** *state* is {running, elapsed}: whether more rows may come, and the session's age in ms. */
  setState({ running, elapsed, words }) {
    this.emptyWords = words;
    this.live = running ? { since: performance.now(), elapsed } : null;
    clearInterval(this.clock);
    if (running) this.clock = setInterval(() => this.refresh({ overview: false }), 250);
    else this.unseen = 0;
    if (!running && !this.zoom && !this.zoomChoice) this.isZoomedToRows = this.#isWide();
    this.refresh({ rows: true });
  }

  /** Returns whether each bar would be a dot on the axis of the whole load. */
  #isWide() {
    return Math.max(this.model.rows.length, this.expected?.requests ?? 0) > MANY || this.element.clientWidth < NARROW;
  }

  setMilestones(milestones) {
    this.milestones = milestones;
    this.summary.refresh();
    this.refresh({ overview: true, axis: true });
  }

  setConsole(messages) {
    this.console = messages;
    this.refresh({ axis: true });
  }

  setFrames(frames) {
    this.frames = frames;
    this.toolbar.pictureButton.hidden = frames.length === 0;
    this.film.renew();
    this.refresh({ overview: true, axis: true });
  }

  setDetails(details) {
    this.details.receive(details);
    if (this.selected?.key === details.key) writeUrl(this, details.exchange_id);
  }

  setAnswer(question, keys) {
    this.answers.receive(question, keys);
    this.summary.refresh();
    this.refresh({ rows: true });
  }

  setHits(hits) {
    this.search.receive(hits);
  }

  /** Shows the row that a link names, once it has arrived. */
  select(key) {
    this.wanted = key;
    this.refresh({ rows: true });
  }

  /** Shows only the rows that a finding or a search selected. */
  showOnly(keys, label) {
    this.only = keys ? { keys: new Set(keys), label } : null;
    this.onlyChip.hidden = !this.only;
    if (this.only) this.onlyChip.replaceChildren(h("span", { text: `${keys.length} ${keys.length === 1 ? "row" : "rows"}: ${label}` }),
      h("button", { type: "button", "aria-label": "Show all rows", onclick: () => this.showOnly(null) }, icon(ICONS.close, 12)));
    this.refresh({ rows: true });
  }

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
    this.refresh({ axis: true });
  }

  /** Makes *row* the current one, with its details if they are open or *isOpened*. */
  open(row, isOpened = true, tab = null) {
    this.selected = row;
    this.tied = this.model.tied(row);
    this.isFollowing = false;
    this.list.reveal(this.shown.indexOf(row));
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
    const before = this.list.top;
    this.list.measure();
    const isAtEnd = this.list.isAtEnd();
    if (!isAtEnd && this.list.top < before) this.isFollowing = false;
    else if (isAtEnd && this.live && !this.selected) this.isFollowing = true;
    if (isAtEnd) this.unseen = 0;
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

  refresh(parts) {
    Object.assign(this.dirty, Object.fromEntries(Object.entries(parts).filter(([, isDirty]) => isDirty)));
    if (!this.isReady) return; // without the style sheet the list has no height, and would draw every row
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      paint(this);
    });
  }

  /** Paints pending changes now, so that a key acts on the rows that the reader sees. */
  flush() {
    if (!this.frame) return;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    paint(this);
  }
}
