// The virtualised list: of any number of rows only those on the screen exist in the document.
import { h } from "./dom.js";
import { ROW_HEIGHT, RowView } from "./row.js";

const OVERSCAN = 8; // lines kept above and below, so that a flick of the wheel shows no gap

export class List {
  rows = [];
  isSpread = false; // whether lines beyond the edges are drawn: not on the first screen, which would come later
  printed = 0; // rows that are drawn wherever the list is scrolled to, while it is printed
  top = 0; // px scrolled, read once a frame: reading it after a write would cost a layout
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
    for (const line of this.#spare) if (!line.element.hidden) line.element.hidden = true;
  }

  /** Bring the lines into the order of their rows: on paper one stands below the other. */
  straighten() {
    this.content.append(...this.rows.flatMap((row) => this.#lines.get(row)?.element ?? []));
  }

  /** Tell a screen reader which line is the current one; null, or out of sight: none. */
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

  /** Read from the document what the next frame is drawn with. */
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

  /** The rows of *rows* between the upper and the lower edge of the view. */
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

  /** Scroll to the last of *count* rows, of which some may not be drawn yet. */
  scrollToEnd(count) {
    this.content.style.height = `${count * ROW_HEIGHT}px`;
    this.#scrollTo(Math.max(0, count * ROW_HEIGHT - this.height));
  }

  /** Scroll just so far that the row at *index* is in sight; one that is far away gets rows around it. */
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
