// Finds a control again after a redraw or a reload: by its name, and by its place among the controls of that name.
const nameOf = (control) =>
  control.getAttribute("aria-label") ?? (control.closest("label")?.querySelector("span") ?? control).textContent.trim();
const alike = (scope, kind, name) => [...scope.querySelectorAll(kind)].filter((other) => nameOf(other) === name);

window.wwControls = { // a global, because an import would not have the version that is in the scripts' URLs
  mark(scope, kind, control) {
    const name = nameOf(control);
    return { name, place: alike(scope, kind, name).indexOf(control) };
  },
  find: (scope, kind, { name, place }) => alike(scope, kind, name)[place],
};
