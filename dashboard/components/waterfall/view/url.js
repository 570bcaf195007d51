// Keeps the reader's view in the page's URL, so that a link shows the same.
import { COLUMNS } from "./columns.js";

/** Returns filter, types, zoom and order from the current URL. */
export function readUrl(search = window.location.search) {
  const query = new URLSearchParams(search);
  const [, down, id] = /^(-?)([a-z]+)$/.exec(query.get("sort") ?? "") ?? [];
  const [from, to] = (query.get("zoom") ?? "").split("-").map(Number);
  return {
    filter: query.get("filter") ?? "",
    kinds: (query.get("type") ?? "").split(",").filter(Boolean),
    zoom: from >= 0 && to > from ? { from, to } : null,
    sort: COLUMNS.some((column) => column.id === id) ? { id, isDown: down === "-" } : null,
    zoomChoice: ["rows", "all"].find((choice) => choice === query.get("zoom")) ?? null,
  };
}

/** Returns the URL's query with the view's state; other parameters stay. */
export function urlOf(view, search, exchangeId) {
  const query = new URLSearchParams(search);
  const put = (name, value) => (value ? query.set(name, value) : query.delete(name));
  put("filter", view.filterText);
  put("type", [...view.toolbar.kinds].join(","));
  const isBrushed = view.zoom && !view.isZoomedToRows;
  put("zoom", isBrushed ? `${Math.round(view.zoom.from)}-${Math.round(view.zoom.to)}` : view.zoomChoice);
  put("sort", view.sort && `${view.sort.isDown ? "-" : ""}${view.sort.id}`);
  if (exchangeId !== undefined) put("row", exchangeId);
  const text = query.toString();
  return text ? `?${text}` : "";
}

let pending = null;

/** Writes the state to the URL after a delay, as browsers refuse more than some 100 changes in 30 s. */
export function writeUrl(view, exchangeId) {
  if (exchangeId !== undefined) view.rowInUrl = exchangeId;
  clearTimeout(pending);
  pending = setTimeout(() => {
    const next = urlOf(view, window.location.search, view.rowInUrl);
    if (next !== window.location.search) history.replaceState(history.state, "", window.location.pathname + next + window.location.hash);
  }, 400);
}
