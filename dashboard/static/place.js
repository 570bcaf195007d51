// Who presses a key goes on from the control that it was pressed on, also where what it did draws that control anew:
// a list that is read again, or, as of a filter, its page that is loaded again.
const KEPT = "ww-place";
const PATIENCE = 3000; // ms until it is drawn
const LOOK = 50; // ms
let isByKey = false;

const nameOf = (control) => control.getAttribute("aria-label") ?? control.textContent.trim();
const alike = (tag) => [...document.querySelectorAll(`#content ${tag}`)];
const placeOf = (control) => {
  if (!control?.closest("#content") || !control.matches("select, button, a")) return null;
  const all = alike(control.tagName);
  return { path: location.pathname, tag: control.tagName, name: nameOf(control), index: all.indexOf(control), count: all.length };
};
// By its name; of one that has another now, as what switches something, by where it stands among the same number.
const find = ({ tag, name, index, count }) => {
  const all = alike(tag);
  return all.find((one) => nameOf(one) === name) ?? (all.length === count ? all[index] : null);
};

function goBack(place, from = document.body) {
  const until = performance.now() + PATIENCE;
  (function look() {
    const at = document.activeElement;
    if (at !== from && at !== document.body) return; // the reader is elsewhere
    const control = at === document.body && find(place);
    if (control) control.focus();
    else if (performance.now() < until) setTimeout(look, LOOK);
  })();
}

addEventListener("pointerdown", () => (isByKey = false), true);
addEventListener("keydown", ({ key }) => {
  isByKey = true;
  const place = ["Enter", " "].includes(key) && placeOf(document.activeElement);
  if (place) goBack(place, document.activeElement);
}, true);
addEventListener("pagehide", () => {
  const place = isByKey && placeOf(document.activeElement);
  if (place) sessionStorage.setItem(KEPT, JSON.stringify(place));
});

const kept = JSON.parse(sessionStorage.getItem(KEPT));
sessionStorage.removeItem(KEPT);
if (kept?.path === location.pathname) goBack({ ...kept, count: -1 }); // another page's places say nothing
