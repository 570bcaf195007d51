// What the reader sees, in the page's address, so that a link shows another reader the same.
import { COLUMNS } from "./columns.js";

/** Filter, types, zoom and order of the current address. */
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

/** The address's query with the view's state in it; keys that are not the view's stay. */
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

/** Write the state to the address bar; later, as browsers refuse more than some 100 changes in 30 s. */
export function writeUrl(view, exchangeId) {
  if (exchangeId !== undefined) view.rowInUrl = exchangeId;
  clearTimeout(pending);
  pending = setTimeout(() => {
    const next = urlOf(view, window.location.search, view.rowInUrl);
    if (next !== window.location.search) history.replaceState(history.state, "", window.location.pathname + next + window.location.hash);
  }, 400);
}
