// A choice that loads its page anew, as of a filter: who made it by a key goes on from the control that it was made with.
const KEPT = "ww-place";
const PATIENCE = 3000; // ms until the page is drawn
let isByKey = false;
addEventListener("keydown", () => (isByKey = true), true);
addEventListener("pointerdown", () => (isByKey = false), true);

const nameOf = (control) => control.getAttribute("aria-label") ?? control.textContent.trim();

addEventListener("pagehide", () => {
  const at = document.activeElement;
  if (isByKey && at?.closest("#content") && at.matches("select, button, a"))
    sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, tag: at.tagName, name: nameOf(at) }));
});

function goBack({ tag, name }) {
  const until = performance.now() + PATIENCE;
  (function look() {
    if (document.activeElement !== document.body) return;
    const control = [...document.querySelectorAll(`#content ${tag}`)].find((one) => nameOf(one) === name);
    if (control) control.focus();
    else if (performance.now() < until) setTimeout(look, 50);
  })();
}

const kept = JSON.parse(sessionStorage.getItem(KEPT));
sessionStorage.removeItem(KEPT);
if (kept?.path === location.pathname) goBack(kept);
