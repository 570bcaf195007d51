// Keeps the keyboard focus when a key press makes the page redraw the focused control: a list that is read again, or a
// page that is reloaded, as by a filter, or that the reader goes back to. The focus returns to the new control. If that
// never comes, as after an action that is possible only once, the focus moves to the next control.
const KEPT = "ww-places"; // the control that had the focus on each page of this tab, by path, and the path left last
const PATIENCE = 3000; // ms to wait for the new control
const LOOK = 50; // ms between two polls for it
const GONE = 400; // ms after which a missing control is not expected to come back
const CONTROLS = "#content :is(select, button, a[href], input)";
let isByKey = false;

const content = () => document.getElementById("content");
const placeOf = (control) => {
  if (!control?.closest("#content") || !control.matches("select, button, a, input[aria-label]")) return null;
  const tag = control.tagName;
  const all = [...content().querySelectorAll(tag)];
  return { tag, ...wwControls.mark(content(), tag, control), index: all.indexOf(control), count: all.length };
};
// A toggle changes its name, so it is found by its position among as many controls.
const find = ({ tag, index, count, ...named }) => {
  const all = content()?.querySelectorAll(tag) ?? [];
  return (all.length && wwControls.find(content(), tag, named)) || (all.length === count ? all[index] : null);
};

// The controls to focus instead: those after this one, nearest first, then those before it, then the page.
const around = (control) => {
  const all = [...document.querySelectorAll(CONTROLS)];
  const at = all.indexOf(control);
  return [...all.slice(at + 1), ...all.slice(0, at).reverse(), content()];
};
const canTake = (control) => control.isConnected && !control.disabled && control.checkVisibility();

function goBack(place, from = document.body, others = []) {
  const until = performance.now() + PATIENCE;
  let goneAt = Infinity;
  (function look() {
    const at = document.activeElement;
    if (at !== from && at !== document.body) return; // the reader has moved the focus
    if (at === document.body) goneAt = Math.min(goneAt, performance.now());
    const control = at === document.body && find(place);
    if (control) control.focus();
    else if (performance.now() > goneAt + GONE && others.length) others.find(canTake)?.focus({ preventScroll: true });
    else if (performance.now() < until) setTimeout(look, LOOK);
  })();
}

addEventListener("pointerdown", () => (isByKey = false), true);
addEventListener("keydown", ({ key }) => {
  isByKey = true;
  const at = document.activeElement;
  const place = ["Enter", " "].includes(key) && placeOf(at);
  if (place) goBack(place, at, around(at));
}, true);
const here = location.pathname;
const { last, places } = JSON.parse(sessionStorage.getItem(KEPT)) ?? { places: {} };
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const kept = (isBack || last === here) && places[here];
addEventListener("pagehide", () => {
  places[here] = (isByKey && placeOf(document.activeElement)) || undefined;
  sessionStorage.setItem(KEPT, JSON.stringify({ last: here, places }));
});
if (kept) goBack({ ...kept, count: -1 }); // by name only: positions may differ after a reload
