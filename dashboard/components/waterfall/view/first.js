// Decides when the first screen can be painted, and reports when it was.
import { h } from "./dom.js";

/** Resolves when the style sheet applies. Without it the list has no height, and would draw every row. */
export const stylesheet = loadStylesheet();

function loadStylesheet() {
  const { href } = new URL("./waterfall.css", import.meta.url);
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve(); // loaded by the page's head
  const link = h("link", { rel: "stylesheet", href });
  const loaded = new Promise((resolve) => { link.onload = link.onerror = resolve; });
  document.head.append(link);
  return loaded;
}

/**
 * Call *then* once the next frame is on the screen, or soon where none is drawn, as in a tab behind others.
 * The frame after it is asked for only when it was handed over: what comes sooner takes the processor from who draws it.
 */
export function afterPaint(then) {
  let isDone = false;
  const once = () => { if (!isDone) then(isDone = true); };
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(once)));
  setTimeout(once, 500);
}
