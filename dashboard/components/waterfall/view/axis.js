// The head of the list, its columns' titles and the time axis, and the lines that run down from the axis.
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

export class Head {
  constructor({ choice, onSort, onResize, onSplit }) {
    Object.assign(this, { choice, onSort, onResize, onSplit });
    this.axis = h("div", { class: "wf-axis", role: "columnheader", "aria-label": "Waterfall" });
    this.element = h("div", { class: "wf-head", role: "row", "aria-rowindex": 1 });
    this.group = h("div", { class: "wf-headgroup", role: "rowgroup" }, this.element);
  }

  /** Titles of *columns*; *sort* is {id, isDown} or null for the order of time. */
  renderColumns(columns, sort) {
    this.element.replaceChildren(...columns.map((column, index) => this.#title(column, sort, columns[index + 1])), this.axis);
  }

  #title(column, sort, next) {
    const isSorted = sort?.id === column.id;
    const button = h("button", { type: "button", tabindex: -1, onclick: () => this.onSort(column.id), text: column.title });
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

  // The name has what the others leave, so the grip to its right makes its neighbour wider or narrower.
  #resize(event, column, next) {
    const subject = column.id === "name" ? next : column;
    const sign = column.id === "name" ? -1 : 1;
    const before = this.choice.width(subject);
    drag(event, (move) => {
      this.choice.widths[subject.id] = Math.round(Math.max(40, before + sign * (move.clientX - event.clientX)));
      this.onResize();
    }, () => this.choice.keep());
  }

  renderAxis(scale, milestones, console) {
    const labels = ticks(scale.from, scale.to, scale.width).map((at) =>
      h("span", { class: "wf-tick", style: `transform:translateX(${scale.px(at)}px)`, text: tickLabel(at, scale.to) }));
    const flags = flagsOf(scale, milestones);
    const shouts = console.filter(({ at }) => at >= scale.from && at <= scale.to).slice(0, 200).map(({ at, level, text }) =>
      h("span", { class: `wf-shout ${level}`, style: `transform:translateX(${scale.px(at)}px)`, title: `${level} at ${formatMs(at)}: ${text.slice(0, 300)}` }));
    this.axis.replaceChildren(...labels, ...shouts, ...flags);
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

const FLAG = 28; // px: of two flags nearer than that, the first stands before its line

function flagsOf(scale, milestones) {
  const shown = markersOf(milestones).filter(({ at }) => at >= scale.from && at <= scale.to).sort((a, b) => a.at - b.at);
  return shown.map(({ name, short, long, at }, index) => {
    const isBefore = index + 1 < shown.length && scale.px(shown[index + 1].at) - scale.px(at) < FLAG;
    const shift = isBefore ? " translateX(-100%)" : "";
    return h("span", { class: `wf-flag wf-m-${name}`, style: `transform:translateX(${scale.px(at)}px)${shift}`, title: `${long} ${formatMs(at)}`, text: short });
  });
}
