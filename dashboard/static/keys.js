// `?` shows the page's keys. A debug session's waterfall has many keys, and a list of its own.
const EVERYWHERE = [["/", "or", "Ctrl+K"], "Search everything"];
const THIS = [["?"], "Show these shortcuts"];
const OF_THE_LIST = [
  [["f"], "Filter the websites"],
  [["↓", "↑"], "Move between websites"],
  [["j", "k"], "Next and previous website"],
  [["Enter"], "Open the website"],
  [["x"], "Select the website"],
  [["a"], "Go to the actions on selected websites"],
  [["d"], "Start a debug session"],
];

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const shown = (key) => (key === "or" ? " or " : make("kbd", { textContent: key }));

function open() {
  const keys = [EVERYWHERE, ...(document.querySelector(".wl") ? OF_THE_LIST : []), THIS];
  const lines = keys.flatMap(([names, words]) => [make("dt", {}, ...names.map(shown)), make("dd", { textContent: words })]);
  const close = make("button", { type: "button", className: "ww-button", textContent: "Close" });
  const dialog = make("dialog", { className: "ww-keys" }, make("h2", { textContent: "Keyboard shortcuts" }), make("dl", {}, ...lines), close);
  dialog.setAttribute("aria-label", "Keyboard shortcuts");
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, dialog, [role=dialog], [contenteditable]")) return;
  event.preventDefault();
  open();
});
