// The table of all keys on a debug session's page, and the dialog that shows it.
import { h } from "./dom.js";
import { endOf } from "./paint.js";

const KEYS = [
  [["/"], "Filter", (view) => view.toolbar.input.focus()],
  [["j", "ArrowDown"], "Next row", (view) => step(view, 1)],
  [["k", "ArrowUp"], "Previous row", (view) => step(view, -1)],
  [["PageDown"], "One screen down", (view) => step(view, view.list.pageSize())],
  [["PageUp"], "One screen up", (view) => step(view, -view.list.pageSize())],
  [["Home"], "First row", (view) => step(view, -Infinity)],
  [["End"], "Last row", (view) => step(view, Infinity)],
  [["Enter"], "Details of the row", (view) => view.selected && view.details.focus(view.selected)],
  [["Escape"], "Close the open panel", (view) => leave(view)],
  [["+", "="], "Zoom in", (view) => zoom(view, 0.5)],
  [["-"], "Zoom out", (view) => zoom(view, 2)],
  [["ArrowLeft", "h"], "Earlier", (view) => pan(view, -0.25)],
  [["ArrowRight", "l"], "Later", (view) => pan(view, 0.25)],
  [["0"], "See all", (view) => view.zoomTo(null)],
  [["z"], "Zoom to rows", (view) => view.toggleZoomToRows()],
  [["s"], "Search in headers and bodies", (view) => view.search.open()],
  [["f"], "Only failed requests, or all", (view) => view.toolbar.toggle("is:failed")],
  [["m"], "Summary", (view) => view.summary.toggle()],
  [["p"], "The page's picture", (view) => view.film.toggle()],
  [["c"], "Copy the row as cURL", (view) => view.selected && copyRow(view)],
  [["?"], "Show these shortcuts", (view) => helpDialog(view.element)],
];

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** The document's key listener. It ignores keys typed into fields, dialogs and menus. */
export function keyboard(view) {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    const isOurs = view.element.contains(target) || target === document.body;
    if (!isOurs || target.closest("input, textarea, select, dialog, [role=menu]")) return;
    // On these controls Enter and Space press, and arrows scroll; letters have no meaning of their own.
    const isElsewhere = target.closest(".wf-aside") || (target.closest("button, a, [role=tab]") && target !== view.scroller);
    if (isElsewhere && !/^(\S|Escape)$/.test(event.key)) return;
    const entry = KEYS.find(([keys]) => keys.includes(event.key));
    if (!entry) return;
    event.preventDefault();
    view.flush();
    entry[2](view);
  };
}

function step(view, by) {
  if (!view.shown.length) return;
  const at = view.shown.indexOf(view.selected);
  const from = at < 0 ? (by > 0 ? -1 : view.shown.length) : at;
  if (document.activeElement === document.body) view.scroller.focus({ preventScroll: true }); // so that a screen reader announces the row
  view.open(view.shown[Math.min(Math.max(from + by, 0), view.shown.length - 1)], false);
}

function leave(view) {
  if (view.search.isOpen) return view.search.close();
  if (view.details.isOpen) return view.closeAside();
  if (view.summary.isOpen) return view.summary.toggle();
  if (view.film.isOpen) return view.film.toggle();
  if (view.only) return view.showOnly(null);
  if (view.toolbar.input.value) view.toolbar.set("");
}

function zoom(view, factor) {
  const { from, to } = view.zoom ?? { from: 0, to: endOf(view) };
  const middle = view.cursor !== null && view.cursor > from && view.cursor < to ? view.cursor : (from + to) / 2;
  const half = ((to - from) / 2) * factor;
  if (2 * half >= endOf(view)) return view.zoomTo(null);
  view.zoomTo({ from: Math.max(0, middle - half), to: Math.max(0, middle - half) + 2 * half });
}

function pan(view, share) {
  if (!view.zoom) return;
  const length = view.zoom.to - view.zoom.from;
  const from = Math.min(Math.max(0, view.zoom.from + share * length), Math.max(0, endOf(view) - length));
  view.zoomTo({ from, to: from + length });
}

export function helpDialog(parent) {
  const rows = KEYS.map(([keys, words]) => h("tr", {},
    h("td", {}, ...keys.flatMap((key, index) => [index ? " " : null, h("kbd", { text: NAMES[key] ?? key })])), h("td", { text: words })));
  const dialog = h("dialog", { class: "wf-help", "aria-label": "Keyboard shortcuts", onclose: () => dialog.remove() },
    h("h2", { text: "Keyboard shortcuts" }), h("table", {}, h("tbody", {}, ...rows)),
    h("form", { method: "dialog" }, h("button", { class: "wf-button", text: "Close" })));
  parent.append(dialog);
  dialog.showModal();
}

function copyRow(view) {
  view.open(view.selected);
  view.details.copy("curl");
}
