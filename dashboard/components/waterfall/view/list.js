// The virtualised list: of any number of rows only those on the screen exist in the document.
import { h } from "./dom.js";
import { ROW_HEIGHT, RowView } from "./row.js";

const OVERSCAN = 8; // lines kept above and below, so that a flick of the wheel shows no gap

export class List {
  rows = [];
  #spare = [];
  #lines = new Map(); // row → RowView

  constructor(scroller, headHeight, onClick) {
    this.scroller = scroller;
    this.headHeight = headHeight;
    this.onClick = onClick;
    this.content = h("div", { class: "wf-content", role: "rowgroup" });
    scroller.append(this.content);
  }

  /** Show *rows*: their lines where they are in sight. *marks* gives a row's extra classes. */
  render(rows, columns, scale, marks) {
    this.rows = rows;
    const height = `${rows.length * ROW_HEIGHT}px`;
    if (this.content.style.height !== height) this.content.style.height = height;
    const [first, last] = this.#range();
    const wanted = new Set();
    for (let index = first; index < last; index++) wanted.add(rows[index]);
    for (const [row, line] of this.#lines) {
      if (wanted.has(row)) continue;
      this.#lines.delete(row);
      this.#spare.push(line);
    }
    for (let index = first; index < last; index++) {
      this.#line(rows[index]).show(rows[index], index, columns, scale, marks(rows[index]));
    }
    while (this.#spare.length > 2 * OVERSCAN) this.#spare.pop().element.remove();
    for (const line of this.#spare) line.element.hidden = true;
  }

  #line(row) {
    let line = this.#lines.get(row);
    if (line) return line;
    line = this.#spare.pop();
    if (!line) {
      line = new RowView(this.onClick);
      this.content.append(line.element);
    }
    line.element.hidden = false;
    this.#lines.set(row, line);
    return line;
  }

  #range() {
    const top = this.scroller.scrollTop;
    const first = Math.max(0, Math.floor(top / ROW_HEIGHT) - OVERSCAN);
    const last = Math.ceil((top + this.#viewport()) / ROW_HEIGHT) + OVERSCAN;
    return [first, Math.min(last, this.rows.length)];
  }

  #viewport() {
    return this.scroller.clientHeight - this.headHeight;
  }

  /** The rows between the upper and the lower edge of the view. */
  inSight() {
    const top = this.scroller.scrollTop;
    return this.rows.slice(Math.floor(top / ROW_HEIGHT), Math.ceil((top + this.#viewport()) / ROW_HEIGHT));
  }

  pageSize() {
    return Math.max(1, Math.floor(this.#viewport() / ROW_HEIGHT) - 1);
  }

  isAtEnd() {
    return this.scroller.scrollTop + this.scroller.clientHeight >= this.scroller.scrollHeight - ROW_HEIGHT;
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Scroll just so far that the row at *index* is in sight. */
  reveal(index) {
    const top = index * ROW_HEIGHT;
    if (top < this.scroller.scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > this.scroller.scrollTop + this.#viewport()) this.scroller.scrollTop = top + ROW_HEIGHT - this.#viewport();
  }
}
