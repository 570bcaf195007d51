// The virtualised list: only visible rows are in the document.
import { h } from "./dom.js";
import { ROW_HEIGHT, RowView } from "./row.js";

const OVERSCAN = 8; // lines kept above and below, so that fast scrolling shows no gaps

export class List {
  rows = [];
  isSpread = false; // whether lines beyond the edges are drawn; not at first, as that would delay the first screen
  printed = 0; // rows that are drawn regardless of the scroll position, while printing
  top = 0; // px scrolled; read once per frame, as reading after a write forces a layout
  height = 0; // px of the view without the head
  #spare = [];
  #lines = new Map(); // row → RowView

  constructor(scroller, headHeight, onClick) {
    this.scroller = scroller;
    this.headHeight = headHeight;
    this.onClick = onClick;
    this.content = h("div", { class: "wf-content", role: "rowgroup" });
    scroller.append(this.content);
  }

  /** Shows *rows*, with lines for the visible ones. *marks* gives a row's extra classes. */
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
    for (const line of this.#spare) if (!line.element.hidden) line.element.hidden = true;
  }

  /** Puts the lines into the order of their rows, as they are not positioned when printed. */
  straighten() {
    this.content.append(...this.rows.flatMap((row) => this.#lines.get(row)?.element ?? []));
  }

  /** Marks the current line for screen readers; none if *row* is null or not visible. */
  point(row) {
    const id = this.#lines.get(row)?.element.id ?? null;
    if (id === this.pointed) return;
    this.pointed = id;
    if (id) this.scroller.setAttribute("aria-activedescendant", id);
    else this.scroller.removeAttribute("aria-activedescendant");
  }

  #line(row) {
    let line = this.#lines.get(row);
    if (line) return line;
    line = this.#spare.pop();
    if (!line) {
      line = new RowView(this.onClick);
      this.content.append(line.element);
    }
    if (line.element.hidden) line.element.hidden = false;
    this.#lines.set(row, line);
    return line;
  }

  /** Reads from the document what the next frame needs. */
  measure() {
    this.top = this.scroller.scrollTop;
    this.height = this.scroller.clientHeight - this.headHeight;
  }

  #range() {
    if (this.printed) return [0, Math.min(this.printed, this.rows.length)];
    const beyond = this.isSpread ? OVERSCAN : 0;
    const first = Math.max(0, Math.floor(this.top / ROW_HEIGHT) - beyond);
    const last = Math.ceil((this.top + this.height) / ROW_HEIGHT) + beyond;
    return [Math.min(first, Math.max(0, this.rows.length - 1)), Math.min(last, this.rows.length)];
  }

  /** Returns the visible ones of *rows*. */
  inSight(rows) {
    if (this.printed) return rows.slice(0, this.printed);
    return rows.slice(Math.floor(this.top / ROW_HEIGHT), Math.ceil((this.top + this.height) / ROW_HEIGHT));
  }

  pageSize() {
    return Math.max(1, Math.floor(this.height / ROW_HEIGHT) - 1);
  }

  isAtEnd() {
    return this.top + this.height >= this.rows.length * ROW_HEIGHT - ROW_HEIGHT;
  }

  /** Scrolls to the last of *count* rows, some of which may not be drawn yet. */
  scrollToEnd(count) {
    this.content.style.height = `${count * ROW_HEIGHT}px`;
    this.#scrollTo(Math.max(0, count * ROW_HEIGHT - this.height));
  }

  /** Scrolls just far enough to show the row at *index*, or centres it if it is far away. */
  reveal(index) {
    if (index < 0) return;
    const top = index * ROW_HEIGHT;
    if (top < this.top - this.height || top > this.top + 2 * this.height) return this.#scrollTo(Math.max(0, top - this.height / 2));
    if (top < this.top) this.#scrollTo(top);
    else if (top + ROW_HEIGHT > this.top + this.height) this.#scrollTo(top + ROW_HEIGHT - this.height);
  }

  #scrollTo(top) {
    this.scroller.scrollTop = top;
    this.top = top;
  }
}
