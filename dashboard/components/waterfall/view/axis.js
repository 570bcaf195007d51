// The list's head with the column titles and the time axis, and the vertical lines below the axis.
import { drag, h } from "./dom.js";
import { formatMs, tickLabel, ticks } from "./time.js";

const MARKERS = [
  ["first_contentful_paint", "FCP", "First contentful paint"],
  ["largest_contentful_paint", "LCP", "Largest contentful paint"],
  ["dom_content_loaded", "DCL", "DOMContentLoaded"],
  ["load", "L", "Load"],
];

export const markersOf = (milestones) =>
  MARKERS.filter(([name]) => milestones[name] >= 0).map(([name, short, long]) => ({ name, short, long, at: milestones[name] }));

const STEP = 16; // px by which a key press resizes a column

export class Head {
  at = "name"; // the title that Tab focuses; arrow keys move on from there

  constructor({ choice, onSort, onResize, onSplit }) {
    Object.assign(this, { choice, onSort, onResize, onSplit });
    this.axis = h("div", { class: "wf-axis", role: "columnheader", "aria-label": "Waterfall" });
    this.element = h("div", { class: "wf-head", role: "row", "aria-rowindex": 1, onkeydown: (event) => this.#key(event) });
    this.group = h("div", { class: "wf-headgroup", role: "rowgroup" }, this.element);
  }

  /** Draws the titles of *columns*; *sort* is {id, isDown}, or null for the order of time. */
  renderColumns(columns, sort) {
    const hadFocus = this.element.contains(document.activeElement);
    this.columns = columns;
    if (!columns.some(({ id }) => id === this.at)) this.at = "name";
    this.element.replaceChildren(...columns.map((column, index) => this.#title(column, sort, columns[index + 1])), this.axis);
    if (hadFocus) this.#focus(this.at);
  }

  #focus(id) {
    this.at = id;
    for (const button of this.element.querySelectorAll("button")) {
      button.tabIndex = button.dataset.column === id ? 0 : -1;
      if (button.tabIndex === 0) button.focus();
    }
  }

  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.target.dataset.column === undefined) return;
    event.preventDefault();
    const index = this.columns.findIndex(({ id }) => id === event.target.dataset.column);
    if (event.shiftKey) this.#widen(this.columns[index], step * STEP);
    else this.#focus(this.columns[Math.min(Math.max(index + step, 0), this.columns.length - 1)].id);
  }

  // The name column takes the space that the others leave, so it is resized by resizing the whole table.
  #widen(column, by) {
    if (column.id === "name") return this.onSplit(this.axis.getBoundingClientRect().left + by);
    this.choice.widths[column.id] = Math.max(40, this.choice.width(column) + by);
    this.choice.keep();
    this.onResize();
  }

  #title(column, sort, next) {
    const isSorted = sort?.id === column.id;
    const button = h("button", {
      type: "button", tabindex: column.id === this.at ? 0 : -1, "data-column": column.id, text: column.title,
      title: "Click to sort; Shift with ← or → to resize", onclick: () => this.onSort(column.id), onfocus: () => { this.at = column.id; },
    });
    const arrow = h("span", { class: "wf-sort", "aria-hidden": "true", text: isSorted ? (sort.isDown ? "▾" : "▴") : "" });
    const grip = h("span", {
      class: "wf-grip",
      onpointerdown: (event) => (next ? this.#resize(event, column, next) : drag(event, (move) => this.onSplit(move.clientX))),
    });
    return h("div", {
      role: "columnheader", class: `wf-h wf-c-${column.id}${column.isRight ? " right" : ""}`,
      "aria-sort": isSorted ? (sort.isDown ? "descending" : "ascending") : "none",
    }, button, arrow, grip);
  }

  // The name column takes the space that the others leave, so the grip to its right resizes its neighbour.
  #resize(event, column, next) {
    const subject = column.id === "name" ? next : column;
    const sign = column.id === "name" ? -1 : 1;
    const before = this.choice.width(subject);
    drag(event, (move) => {
      this.choice.widths[subject.id] = Math.round(Math.max(40, before + sign * (move.clientX - event.clientX)));
      this.onResize();
    }, () => this.choice.keep());
  }

  renderAxis(scale, milestones, console, frames) {
    const isInSight = ({ at }) => at >= scale.from && at <= scale.to;
    const labels = ticks(scale.from, scale.to, scale.width).filter((at) => fits(scale, at, scale.to)).map((at) =>
      h("span", { class: "wf-tick", style: `transform:translateX(${scale.px(at)}px)`, text: tickLabel(at, scale.to) }));
    const flags = flagsOf(scale, milestones);
    const shots = frames.filter(isInSight).map(({ at }) => h("span", { class: "wf-shot", style: `transform:translateX(${scale.px(at)}px)`, title: `Picture of the page at ${formatMs(at)}` }));
    const shouts = console.filter(isInSight).slice(0, 200).map(({ at, level, text }) =>
      h("span", { class: `wf-shout ${level}`, style: `transform:translateX(${scale.px(at)}px)`, title: `${level} at ${formatMs(at)}: ${text.slice(0, 300)}` }));
    this.axis.replaceChildren(...labels, ...shots, ...shouts, ...flags);
  }
}

export class Lines {
  constructor() {
    this.layer = h("div", { class: "wf-lines" });
    this.pointer = h("div", { class: "wf-pointer", hidden: true }, h("span"));
    this.cursor = h("div", { class: "wf-cursor", hidden: true }, h("span"));
    this.element = h("div", { class: "wf-lines-holder", "aria-hidden": "true" }, this.layer);
  }

  render(scale, milestones, cursor, left, height) {
    this.element.style.setProperty("--wf-view", `${height}px`);
    this.layer.style.left = `${left}px`;
    const grid = ticks(scale.from, scale.to, scale.width).map((at) => h("i", { class: "wf-gridline", style: `transform:translateX(${scale.px(at)}px)` }));
    const marks = markersOf(milestones).filter(({ at }) => at >= scale.from && at <= scale.to)
      .map(({ name, at }) => h("i", { class: `wf-mark wf-m-${name}`, style: `transform:translateX(${scale.px(at)}px)` }));
    this.layer.replaceChildren(...grid, ...marks, this.cursor, this.pointer);
    this.#at(this.cursor, scale, cursor);
  }

  point(scale, instant) {
    this.#at(this.pointer, scale, instant);
  }

  #at(line, scale, instant) {
    line.hidden = instant === null || instant < scale.from || instant > scale.to;
    if (line.hidden) return;
    line.style.transform = `translateX(${scale.px(instant)}px)`;
    line.firstChild.textContent = formatMs(instant);
    line.classList.toggle("flipped", scale.px(instant) > scale.width - 60);
  }
}

const DIGIT = 7; // px per letter of a tick's label

/** Returns whether a tick's label fits before the end of the axis; otherwise it is left out. */
const fits = (scale, at, end) => scale.px(at) + DIGIT * tickLabel(at, end).length + 6 <= scale.width;

const LETTER = 8; // px per letter of a flag

// A flag stands to the right of its line, or to the left if the next flag would cover it. Without room, only the line is drawn.
function flagsOf(scale, milestones) {
  const shown = markersOf(milestones).filter(({ at }) => at >= scale.from && at <= scale.to).sort((a, b) => a.at - b.at);
  let free = 0;
  return shown.flatMap(({ name, short, long, at }, index) => {
    const [x, width] = [scale.px(at), LETTER * short.length + 4];
    const next = shown[index + 1] ? scale.px(shown[index + 1].at) : Infinity;
    const isBehind = x >= free && x + width <= next;
    if (!isBehind && x - width < free) return [];
    free = isBehind ? x + width : x;
    const shift = isBehind ? "" : " translateX(-100%)";
    return [h("span", { class: `wf-flag wf-m-${name}`, style: `transform:translateX(${x}px)${shift}`, title: `${long} ${formatMs(at)}`, text: short })];
  });
}
