// Prints the waterfall: all rows are drawn, as wide as a sheet.
const PAPER_PX = 960; // browsers scale this to the width of A4
const PRINTED = 2_000; // the most rows on paper

/** Draws *view* in full for printing. Returns the function that undoes this. */
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
