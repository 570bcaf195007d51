// Paints one frame: which rows, where, and on which axis.
import { icon, ICONS } from "./dom.js";
import { COLUMNS } from "./columns.js";
import { markersOf } from "./axis.js";
import { parse } from "./filter.js";
import { scale } from "./time.js";
import { writeUrl } from "./url.js";

export const NARROW = 620; // px: below this the list shows three columns

/** Paints the outdated parts of *view*. It reads from the document before it writes, to avoid forced layouts. */
export function paint(view) {
  const { rows, columns, overview, axis } = view.dirty;
  view.dirty = {};
  view.list.measure();
  if (columns) layOut(view);
  if (rows) chooseRows(view);
  if (rows && view.isFollowing && view.live) view.list.scrollToEnd(view.shown.length);
  const end = endOf(view);
  view.element.classList.toggle("bare", !view.live && end < 2); // without any event an axis would be invented
  if (view.isZoomedToRows) zoomToSight(view);
  const isScaleNew = rescale(view, view.zoom ?? { from: 0, to: end });
  view.list.render(view.shown, view.columns, view.scale, (row) => (row === view.selected ? "selected" : view.tied.has(row) ? "tied" : ""));
  view.list.point(view.selected);
  if (isScaleNew || columns || axis) {
    view.head.renderAxis(view.scale, view.milestones, view.console, view.frames);
    view.lines.render(view.scale, view.milestones, view.cursor, view.tableWidth, view.list.height);
  }
  if (rows || overview || view.overviewEnd !== end) {
    view.overviewEnd = end;
    view.status.render(view.model.rows, view.shown, view.milestones, view.expected);
    view.strip ??= requestAnimationFrame(() => paintOverview(view)); // in the next frame, as the list is more important
  } else view.overview.select(view.zoom);
  view.toolbar.showZoomed(view.isZoomedToRows);
  paintNews(view);
  writeUrl(view);
}

function paintOverview(view) {
  view.strip = null;
  const filtered = view.shown.length === view.model.rows.length ? null : new Set(view.shown);
  view.overview.render(view.model.rows, filtered, view.overviewEnd, view.milestones, view.frames);
  view.overview.select(view.zoom);
}

/** Returns whether the axis differs from the last frame's. Bars of pending rows end at its `now`. */
function rescale(view, { from, to }) {
  const isNew = view.scale?.from !== from || view.scale.to !== to || view.scale.width !== view.barsWidth;
  if (isNew) view.scale = scale(from, to, view.barsWidth);
  view.scale.now = now(view);
  return isNew;
}

function chooseRows(view) {
  const { test, asks, errors } = parse(view.filterText ?? "", view.answers);
  asks.forEach((question) => view.answers.ask(question));
  const kinds = view.toolbar.kinds;
  const only = view.only?.keys;
  view.shown = view.model.rows.filter((row) => (kinds.size === 0 || kinds.has(row.kind)) && (!only || only.has(row.key)) && test(row));
  if (view.sort) sortRows(view);
  view.toolbar.showErrors(errors);
  view.scroller.setAttribute("aria-rowcount", view.shown.length + 1);
  const wanted = view.wanted && view.model.byKey.get(view.wanted);
  if (wanted) {
    view.wanted = null;
    queueMicrotask(() => view.open(wanted));
  }
  if (view.selected) view.details.refresh(view.selected);
}

function sortRows(view) {
  const read = COLUMNS.find(({ id }) => id === view.sort.id).sort;
  const sign = view.sort.isDown ? -1 : 1;
  const keyed = view.shown.map((row) => [read(row), row]);
  keyed.sort(([a, first], [b, second]) => (a < b ? -sign : a > b ? sign : first.start - second.start));
  view.shown = keyed.map(([, row]) => row);
}

function layOut(view) {
  const width = view.scroller.clientWidth;
  view.overview.measure();
  const isNarrow = width < NARROW;
  view.element.classList.toggle("narrow", isNarrow);
  view.columns = view.choice.shown(isNarrow);
  const fixed = view.columns.slice(1).reduce((sum, column) => sum + view.choice.width(column), 0);
  const wished = isNarrow ? width * 0.74 : width * (view.choice.tableShare ?? (width < 1100 ? 0.6 : 0.5));
  view.tableWidth = Math.round(Math.min(Math.max(wished, fixed + 120), width - (isNarrow ? 80 : 140)));
  view.barsWidth = Math.max(width - view.tableWidth, 40);
  const tracks = [`minmax(0, ${view.tableWidth - fixed}px)`, ...view.columns.slice(1).map((column) => `${view.choice.width(column)}px`), `${view.barsWidth}px`];
  view.scroller.style.setProperty("--wf-tracks", tracks.join(" "));
  view.scroller.setAttribute("aria-colcount", view.columns.length + 1);
  view.head.renderColumns(view.columns, view.sort);
}

function zoomToSight(view) {
  const inSight = view.list.inSight(view.shown);
  if (!inSight.length) return;
  const from = Math.min(...inSight.map((row) => row.start));
  const to = Math.max(...inSight.map((row) => (row.outcome === 0 ? now(view) : row.end)));
  const margin = Math.max((to - from) * 0.03, 1);
  view.zoom = { from: Math.max(0, from - margin), to: to + margin * 3 };
}

function paintNews(view) {
  view.news.hidden = !(view.live && !view.isFollowing && view.unseen > 0);
  if (!view.news.hidden) view.news.replaceChildren(`${view.unseen} new ${view.unseen === 1 ? "row" : "rows"}`, icon(ICONS.down, 13));
  view.empty.hidden = view.shown.length > 0;
  if (view.empty.hidden) return;
  const words = view.model.rows.length ? "No request matches the filter." : view.emptyWords ?? "No requests captured.";
  if (view.empty.textContent !== words) view.empty.textContent = words;
}

/** Returns ms since the session's start: until now while it runs, else until the last event. */
export function now(view) {
  return view.live ? Math.max(view.model.end, view.live.elapsed + performance.now() - view.live.since) : view.model.end;
}

/** Returns the right edge of the whole axis in ms. While rows arrive it moves in steps, so that bars do not creep. */
export function endOf(view) {
  const others = view.model.rows.length ? [] : [...view.frames, ...view.console]; // all that a session without requests has
  const last = 1.06 * Math.max(now(view), ...[...markersOf(view.milestones), ...others].map(({ at }) => at), 1);
  if (!view.live) return last;
  const step = 10 ** Math.floor(Math.log10(last)) / 2;
  return Math.max(1000, Math.ceil(last / step) * step);
}
