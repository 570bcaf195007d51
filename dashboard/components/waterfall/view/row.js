// One line of the list: its cells and its bar. Lines are reused as the reader scrolls.
import { h } from "./dom.js";
import { formatMs } from "./time.js";
import { PHASES } from "./model.js";
import { statusClass, statusWord } from "./columns.js";

export const ROW_HEIGHT = 26; // px, as in waterfall.css

const ICON = { doc: "<>", js: "JS", css: "#", img: "▣", font: "Aa", media: "▶", ws: "⇅", fetch: "{}", other: "·" };

export class RowView {
  row = null;
  #version = -1;
  #columns = null;
  #scale = null;
  #barVersion = -1;
  #cells = [];

  constructor(onClick) {
    this.element = h("div", { class: "wf-row", role: "row", onclick: (event) => onClick(this.row, event) });
    this.bars = h("div", { class: "wf-bars", role: "gridcell" });
    this.segments = PHASES.map((phase) => h("i", { class: `wf-p-${phase}` }));
    this.whole = h("i", { class: "wf-p-whole" });
    this.label = h("span", { class: "wf-bar-label", "aria-hidden": "true" });
    this.words = h("span", { class: "wf-offscreen" });
    this.bars.append(...this.segments, this.whole, this.label, this.words);
  }

  /** Put the line at its place and fill it, touching only what changed. */
  show(row, index, columns, scale, marks) {
    if (columns !== this.#columns) this.#makeCells(columns);
    if (row !== this.row || row.version !== this.#version) this.#fill(row, columns);
    if (this.index !== index) {
      this.index = index;
      this.element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
      this.element.setAttribute("aria-rowindex", index + 2); // the head is row 1
    }
    if (scale !== this.#scale || row.version !== this.#barVersion || row.outcome === 0) this.#draw(row, scale);
    const state = `wf-row${row.failed ? " failed" : ""}${marks}`;
    if (this.element.className !== state) {
      this.element.className = state;
      this.element.setAttribute("aria-selected", marks.includes("selected"));
    }
  }

  #makeCells(columns) {
    this.#columns = columns;
    this.#version = -1;
    this.#cells = columns.map(({ id, isRight }) => h("div", { role: "gridcell", class: `wf-c wf-c-${id}${isRight ? " right" : ""}` }));
    this.icon = h("span", { class: "wf-icon", "aria-hidden": "true" });
    this.tie = h("span", { class: "wf-tie" });
    this.name = h("span", { class: "wf-name" });
    this.host = h("span", { class: "wf-host" });
    this.reason = h("span", { class: "wf-reason" });
    this.#cells[0].append(this.icon, this.tie, this.name, this.host, this.reason);
    this.element.replaceChildren(...this.#cells, this.bars);
  }

  #fill(row, columns) {
    this.row = row;
    this.#version = row.version;
    this.#barVersion = -1;
    this.element.id = `wf-row-${row.key}`;
    this.icon.textContent = ICON[row.kind];
    this.icon.className = `wf-icon wf-k-${row.kind}`;
    this.tie.textContent = row.redirectedFrom ? "↳" : row.preflightFor ? "⇢" : "";
    this.tie.title = row.redirectedFrom ? "Where the redirect led" : row.preflightFor ? "Preflight: may the next request be sent?" : "";
    this.name.textContent = row.name;
    this.host.textContent = row.host + row.path;
    this.reason.textContent = row.outcome >= 3 ? row.error || (row.outcome === 4 ? "no answer in time" : "no answer") : "";
    this.#cells[0].title = row.url.slice(0, 2000);
    for (let index = 1; index < columns.length; index++) {
      const cell = this.#cells[index];
      const text = columns[index].text(row);
      cell.textContent = text;
      if (columns[index].id === "status") cell.className = `wf-c wf-c-status ${statusClass(row)}`;
      if (columns[index].id === "size") cell.classList.toggle("cached", row.cache !== "");
      if (columns[index].id === "method") cell.classList.toggle("changing", row.method !== "GET" && row.method !== "HEAD");
    }
  }

  #draw(row, scale) {
    this.#scale = scale;
    this.#barVersion = row.version;
    let at = row.start;
    const last = row.outcome === 0 ? scale.now : row.start + Math.max(row.duration, 0);
    for (let index = 0; index < PHASES.length; index++) {
      const length = row.phases?.[index] ?? 0;
      place(this.segments[index], scale, at, length > 0 ? at + length : at);
      if (length > 0) at += length;
    }
    const unexplained = row.phases === null || row.outcome === 0;
    place(this.whole, scale, row.start, unexplained ? Math.max(last, row.start) : row.start, unexplained);
    this.whole.className = row.outcome === 0 ? "wf-p-whole pending" : row.failed ? "wf-p-whole failed" : "wf-p-whole";
    this.#labelBar(row, scale, Math.max(at, last));
  }

  #labelBar(row, scale, end) {
    const text = row.outcome === 0 ? "" : formatMs(row.duration);
    const from = scale.px(row.start);
    const to = scale.px(end);
    if (this.label.textContent !== text) this.label.textContent = text;
    const isVisible = text && to >= 0 && from <= scale.width;
    const fitsRight = to + 60 < scale.width;
    const left = fitsRight ? Math.max(to, 0) + 6 : from - 8;
    this.label.style.visibility = isVisible && (fitsRight || from > 64) ? "visible" : "hidden";
    this.label.style.transform = `translateX(${left.toFixed(1)}px)${fitsRight ? "" : " translateX(-100%)"}`;
    const words = `${statusWord(row)}, starts at ${formatMs(row.start)}, takes ${row.outcome === 0 ? "longer still" : formatMs(row.duration)}`;
    if (this.words.textContent !== words) this.words.textContent = words;
  }
}

/** Size a segment; one too short to see is drawn 1.5 px wide, one that is not there or out of sight not at all. */
function place(segment, scale, from, to, always = false) {
  const left = Math.max(scale.px(from), -4);
  const right = Math.min(scale.px(to), scale.width + 4);
  if ((to <= from && !always) || right < 0 || left > scale.width) {
    if (segment.style.width !== "0px") segment.style.width = "0px";
    return;
  }
  segment.style.transform = `translateX(${left.toFixed(2)}px)`;
  segment.style.width = `${Math.max(right - left, 1.5).toFixed(2)}px`;
}
