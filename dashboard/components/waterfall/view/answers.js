// Facts about the rows that only the server knows, such as which had a header. Each question is asked once.

export class Answers {
  #known = new Map(); // question → keys of the rows, null while the answer is pending

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

  /** The rows have changed: asks all questions again, at most once a second. */
  askAgain() {
    if (!this.#known.size) return;
    clearTimeout(this.asking);
    this.asking = setTimeout(() => { for (const question of this.#known.keys()) this.emit("ask", { question }); }, 1000);
  }
}
