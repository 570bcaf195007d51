// On paper nobody scrolls: every row is drawn, across a sheet's width.
const PAPER_PX = 960; // browsers shrink that onto a sheet of A4
const PRINTED = 2_000; // rows on paper at most

/** Have *view* printed in full; what is given back ends that. */
export function printing(view) {
  const draw = (most) => {
    view.list.printed = most;
    view.element.classList.toggle("printed", most > 0);
    view.element.style.width = most ? `${PAPER_PX}px` : "";
    view.refresh({ rows: true, columns: true, overview: true });
    view.flush();
  };
  const unroll = () => {
    draw(PRINTED);
    view.list.straighten();
  };
  const roll = () => draw(0);
  addEventListener("beforeprint", unroll);
  addEventListener("afterprint", roll);
  return () => {
    removeEventListener("beforeprint", unroll);
    removeEventListener("afterprint", roll);
  };
}
