// The overview above the list: the whole load in miniature, with a brush for the shown span.
import { drag, h } from "./dom.js";
import { markersOf } from "./axis.js";
import { formatMs, scale, tickLabel, ticks } from "./time.js";

const HEIGHT = 58; // px, as in waterfall.css
const TOP = 16; // px for labels
const LANES = 12;
const LANE = (HEIGHT - TOP - 4) / LANES;

export class Overview {
  constructor({ onZoom, onReset, onCursor }) {
    this.canvas = h("canvas", { class: "wf-overview-canvas" });
    this.ticks = h("div", { class: "wf-overview-ticks" });
    this.labels = h("div", { class: "wf-overview-labels" });
    this.brush = h("div", { class: "wf-brush", hidden: true });
    this.element = h("div", {
      class: "wf-overview", role: "img", title: "Drag to zoom, double click to see all",
      onpointerdown: (event) => this.#press(event), ondblclick: () => onReset(),
    }, this.ticks, this.canvas, this.labels, this.brush);
    this.onZoom = onZoom;
    this.onCursor = onCursor;
  }

  measure() {
    this.width = this.element.clientWidth;
  }

  /** Draws all rows; those outside *filtered* (a Set, or null for all) are faint. */
  render(rows, filtered, end, milestones, frames) {
    const { width } = this;
    if (!width) return;
    this.scale = scale(0, end, width);
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(HEIGHT * ratio)) this.canvas.height = Math.round(HEIGHT * ratio);
    const paint = this.canvas.getContext("2d");
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint.clearRect(0, 0, width, HEIGHT);
    this.#bars(paint, rows, filtered);
    this.#marks(milestones, frames, end, width);
    this.element.setAttribute("aria-label", `Overview of ${rows.length} requests over ${formatMs(end)}`);
  }

  #bars(paint, rows, filtered) {
    const colour = colours(this.element);
    const free = new Float64Array(LANES).fill(-1);
    let pending = -1;
    for (const row of rows) {
      const from = this.scale.px(row.start);
      const to = Math.max(this.scale.px(row.end), from + 1.5);
      let lane = 0;
      while (lane < LANES && free[lane] > from) lane++;
      if (lane === LANES) lane = (pending = (pending + 1) % LANES);
      free[lane] = to + 1;
      paint.globalAlpha = filtered && !filtered.has(row) ? 0.15 : 1;
      const top = TOP + lane * LANE;
      const first = row.phases ? this.scale.px(row.end - Math.max(row.phases[7], 0)) : to;
      paint.fillStyle = row.failed ? colour.failed : colour.waiting;
      paint.fillRect(from, top, Math.max(first - from, 1.5), LANE - 1);
      if (row.failed || first >= to) continue;
      paint.fillStyle = colour.download;
      paint.fillRect(first, top, to - first, LANE - 1);
    }
    paint.globalAlpha = 1;
  }

  #marks(milestones, frames, end, width) {
    const labels = ticks(0, end, width, 110).filter((at) => at > 0).map((at) =>
      h("span", { class: "wf-tick", style: `transform:translateX(${this.scale.px(at)}px)`, text: tickLabel(at, end) }));
    const marks = markersOf(milestones).map(({ name, long, at }) =>
      h("i", { class: `wf-mark wf-m-${name}`, title: `${long} ${formatMs(at)}`, style: `transform:translateX(${this.scale.px(at)}px)` }));
    const shots = frames.map(({ at }) => h("i", { class: "wf-shot", style: `transform:translateX(${this.scale.px(at)}px)` }));
    this.ticks.replaceChildren(...labels);
    this.labels.replaceChildren(...marks, ...shots);
  }

  /** Shows which span the list shows; null for all. */
  select(zoom) {
    this.brush.hidden = !zoom || !this.scale;
    if (this.brush.hidden) return;
    this.brush.style.transform = `translateX(${this.scale.px(zoom.from)}px)`;
    this.brush.style.width = `${Math.max(2, this.scale.px(zoom.to) - this.scale.px(zoom.from))}px`;
  }

  #press(event) {
    if (event.button !== 0 || !this.scale) return;
    const left = this.element.getBoundingClientRect().left;
    const at = (clientX) => this.scale.instant(Math.min(Math.max(clientX - left, 0), this.scale.width));
    const start = at(event.clientX);
    const span = (clientX) => {
      const now = at(clientX);
      return { from: Math.min(start, now), to: Math.max(start, now) };
    };
    drag(event, (move) => {
      if (Math.abs(move.clientX - event.clientX) > 3) this.onZoom(span(move.clientX));
    }, (last) => {
      if (Math.abs(last.clientX - event.clientX) <= 3) this.onCursor(start);
    });
  }
}

function colours(element) {
  const style = getComputedStyle(element);
  const read = (name) => style.getPropertyValue(name).trim();
  return { waiting: read("--wf-waiting"), download: read("--wf-download"), failed: read("--wf-bad") };
}
