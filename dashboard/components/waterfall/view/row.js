// One line of the list: its cells and its bar. Lines are reused when the reader scrolls.
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
  #label = "";
  #marks = null;

  constructor(onClick) {
    this.element = h("div", { class: "wf-row", role: "row", onclick: (event) => onClick(this.row, event) });
    this.label = h("span", { class: "wf-bar-label", "aria-hidden": "true" });
    this.bars = h("div", { class: "wf-bars", role: "gridcell" }, this.label);
  }

  /** Moves the line to its position and updates only what changed. */
  show(row, index, columns, scale, marks) {
    if (columns !== this.#columns) this.#makeCells(columns);
    if (row !== this.row || row.version !== this.#version) this.#fill(row, columns);
    if (this.index !== index) {
      this.index = index;
      this.element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
      this.element.setAttribute("aria-rowindex", index + 2); // the head is row 1
    }
    if (scale !== this.#scale || row.version !== this.#barVersion || row.outcome === 0) this.#draw(row, scale);
    if (marks !== this.#marks) {
      this.#marks = marks;
      this.element.dataset.mark = marks; // not a class: NiceGUI's Tailwind rescans the page for each new class
      this.element.setAttribute("aria-selected", marks === "selected");
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
    this.#cells[0].append(this.icon, this.tie, this.name, " ", this.host);
    this.element.replaceChildren(...this.#cells, this.bars);
  }

  #fill(row, columns) {
    this.row = row;
    this.#version = row.version;
    this.#barVersion = -1;
    this.element.id = `wf-row-${row.key}`;
    put(this.element, "failed", row.failed);
    put(this.icon, "kind", row.kind);
    write(this.icon, ICON[row.kind]);
    write(this.tie, row.redirectedFrom ? "↳ " : row.preflightFor ? "⇢ " : "");
    write(this.name, row.name);
    const reason = row.outcome >= 3 ? row.error || (row.outcome === 4 ? "timed out" : "no answer") : "";
    put(this.host, "reason", reason !== "");
    write(this.host, reason || row.host + row.path);
    for (let index = 1; index < columns.length; index++) {
      const cell = this.#cells[index];
      const { id, text } = columns[index];
      write(cell, text(row));
      if (id === "status") put(cell, "tone", statusClass(row));
      if (id === "size") put(cell, "cached", row.cache !== "");
      if (id === "method") put(cell, "changing", row.method !== "GET" && row.method !== "HEAD");
    }
  }

  // The phases are backgrounds of one element, as eight elements per row would slow down every layout. Only phases with
  // a duration are set, as browsers also paint invisible backgrounds.
  #draw(row, scale) {
    this.#scale = scale;
    this.#barVersion = row.version;
    const last = row.outcome === 0 ? scale.now : row.start + Math.max(row.duration, 0);
    const isPlain = !row.phases || row.outcome === 0;
    const [images, sizes, places] = [[], [], []];
    const put = (name, thickness, from, to) => {
      const [left, width] = place(scale, from, to);
      if (!width) return;
      images.push(`var(--wf-b-${name})`);
      sizes.push(`${width}px ${thickness}px`);
      places.push(`${left}px 50%`);
    };
    let at = row.start;
    for (let index = 0; index < PHASES.length; index++) {
      const length = row.phases ? row.phases[index] : 0;
      if (length > 0) put(PHASES[index], THICKNESS[index], at, (at += length));
    }
    if (isPlain) put(row.outcome === 0 ? "pending" : row.failed ? "failed" : "done", 6, row.start, Math.max(last, row.start));
    const { style } = this.bars;
    style.backgroundImage = images.join();
    style.backgroundSize = sizes.join();
    style.backgroundPosition = places.join();
    this.#labelBar(row, scale, Math.max(at, last));
  }

  #labelBar(row, scale, end) {
    const text = row.outcome === 0 ? "" : formatMs(row.duration);
    const [from, to] = [scale.px(row.start), scale.px(end)];
    const fitsRight = to + 60 < scale.width;
    const isVisible = text && to >= 0 && from <= scale.width && (fitsRight || from > 64);
    const left = fitsRight ? Math.max(to, 0) + 6 : from - 8;
    write(this.label, isVisible ? text : "");
    if (isVisible) this.label.style.transform = `translateX(${Math.round(left)}px)${fitsRight ? "" : " translateX(-100%)"}`;
    const words = `${statusWord(row)}, starts at ${formatMs(row.start)}, takes ${row.outcome === 0 ? "longer still" : text}`;
    if (words !== this.#label) this.bars.setAttribute("aria-label", (this.#label = words));
  }
}

const THICKNESS = [2, 2, 6, 6, 6, 10, 10, 10]; // px by phase: queueing, connecting, being served
const NOWHERE = [0, 0];

/** Returns left edge and width in px. Very short phases get 1.5 px, phases out of sight none. */
function place(scale, from, to) {
  const left = Math.max(scale.px(from), -4);
  const right = Math.min(scale.px(to), scale.width + 4);
  if (right < 0 || left > scale.width) return NOWHERE;
  return [Math.round(left * 10) / 10, Math.round(Math.max(right - left, 1.5) * 10) / 10];
}

function write(element, text) {
  if (element.firstChild) {
    if (element.firstChild.data !== text) element.firstChild.data = text;
  } else if (text) element.append(text);
}

function put(element, name, value) {
  const text = value === true ? "yes" : value || "";
  if ((element.dataset[name] ?? "") !== text) element.dataset[name] = text;
}
