// The page's screenshots: a strip above the overview, and one enlarged beside the list.
import { h, icon, ICONS } from "./dom.js";
import { formatMs } from "./time.js";

const ROOMY = 1100; // px: on narrower screens a picture that opens by itself would cover too much of the list

export class Film {
  isOpen = false;
  isRefused = false; // the reader has closed the picture

  constructor(view) {
    this.view = view;
    this.strip = h("div", { class: "wf-film", role: "group", "aria-label": "Pictures of the page", hidden: true });
    this.image = h("img", { alt: "The page as the browser showed it" });
    this.caption = h("span", {});
    this.panel = h("aside", { class: "wf-aside wf-picture", "aria-label": "Picture of the page", hidden: true },
      h("header", {}, this.caption, h("button", { type: "button", class: "wf-tool", "aria-label": "Close the picture", onclick: () => this.toggle() }, icon(ICONS.close))),
      h("div", { class: "wf-picture-body" }, this.image));
  }

  toggle() {
    if (!this.view.frames.length) return;
    this.isRefused = this.isOpen;
    if (this.isOpen) this.#close();
    else this.#open();
  }

  /** New screenshots arrived. While the browser works, one is shown beside the list, unless it would be in the way. */
  renew() {
    const { view } = this;
    const isFree = !view.details.isOpen && !view.summary.isOpen && !view.search.isOpen && view.element.clientWidth >= ROOMY;
    if (view.live && view.frames.length && isFree && !this.isRefused) this.isOpen = true;
    this.render();
  }

  #open() {
    this.isOpen = true;
    this.view.details.close();
    if (this.view.summary.isOpen) this.view.summary.toggle();
    this.render();
  }

  #close() {
    this.isOpen = false;
    this.render();
  }

  /** Returns the screenshot at the time cursor, else the last one. */
  current() {
    const { frames, cursor } = this.view;
    return (cursor === null ? null : frames.findLast(({ at }) => at <= cursor)) ?? frames.at(-1);
  }

  render() {
    const { frames } = this.view;
    this.strip.hidden = frames.length < 2;
    const current = this.current();
    this.strip.replaceChildren(...(this.strip.hidden ? [] : frames.map((frame) => h("button", {
      type: "button", class: frame === current ? "current" : "", title: `The page at ${formatMs(frame.at)}`, "aria-label": `The page at ${formatMs(frame.at)}`,
      onclick: () => { this.#open(); this.view.setCursor(frame.at); },
    }, h("img", { src: frame.src, alt: "", loading: "lazy" }), h("span", { text: formatMs(frame.at) })))));
    this.panel.hidden = !this.isOpen || !current;
    if (this.panel.hidden) return;
    if (this.image.getAttribute("src") !== current.src) this.image.setAttribute("src", current.src);
    this.caption.textContent = `The page at ${formatMs(current.at)}`;
  }
}
