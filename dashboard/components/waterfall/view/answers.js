// What only the server can say of the rows, such as which had a header; asked once for each question.

export class Answers {
  #known = new Map(); // question → keys of the rows, null while it is asked

  constructor(emit) {
    this.emit = emit;
  }

  get(question) {
    return this.#known.get(question);
  }

  ask(question) {
    if (this.#known.has(question)) return;
    this.#known.set(question, null);
    this.emit("ask", { question });
  }

  receive(question, keys) {
    this.#known.set(question, new Set(keys));
  }

  /** The rows have changed: ask all again, at most once a second. */
  askAgain() {
    if (!this.#known.size) return;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => { for (const question of this.#known.keys()) this.emit("ask", { question }); }, 1000);
  }
}
