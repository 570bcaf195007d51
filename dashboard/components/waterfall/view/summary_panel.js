// The summary beside the list: figures, groups and facts. A click shows the rows behind one.
import { h, icon, ICONS } from "./dom.js";
import { CACHEABLE, COMPRESSED, findings, groups, totals, vitals } from "./summary.js";
import { formatBytes, formatCount, formatMs } from "./time.js";

const SHOWN = 12; // groups per kind

export class SummaryPanel {
  isOpen = false;

  constructor(view) {
    this.view = view;
    this.pane = h("div", { class: "wf-pane", tabindex: 0 });
    this.element = h("aside", { class: "wf-aside wf-summary", "aria-label": "Summary", hidden: true },
      h("header", {}, h("h2", { text: "Summary" }), h("button", { type: "button", class: "wf-tool", "aria-label": "Close the summary", onclick: () => this.toggle() }, icon(ICONS.close))),
      this.pane);
  }

  toggle() {
    this.isOpen = !this.isOpen;
    this.element.hidden = !this.isOpen;
    if (!this.isOpen) return this.view.scroller.focus();
    this.view.details.close();
    for (const question of [COMPRESSED, ...CACHEABLE]) this.view.answers.ask(question);
    this.render();
  }

  /** Redraws the summary, at most twice a second while rows arrive. */
  refresh() {
    if (this.isOpen) this.later ??= setTimeout(() => { this.later = null; this.render(); }, 500);
  }

  /** Closes the panel after a choice where it covers the list. */
  #makeRoom() {
    if (getComputedStyle(this.element).position === "absolute") this.toggle();
  }

  render() {
    const { view } = this;
    const { rows } = view.model;
    const found = findings(rows, view.milestones, view.answers);
    const filter = (text) => { view.showOnly(null); view.toolbar.set(text); this.#makeRoom(); };
    this.pane.replaceChildren(
      figures(totals(rows), view.milestones), vitalsOf(view.milestones),
      h("section", {}, h("h3", { text: "Highlights" }), ...(found.length
        ? found.map(({ title, words, keys }) => {
            const onclick = () => { view.showOnly(keys, title); this.#makeRoom(); };
            return h("button", { type: "button", class: "wf-finding", onclick },
              h("b", { text: String(keys.length) }), h("span", {}, h("strong", { text: title }), ` ${words}`));
          })
        : [h("p", { class: "wf-nothing", text: "Nothing." })])),
      table("By type", groups(rows, (row) => row.type), ({ name }) => filter(`resource-type:${name}`)),
      table("By domain", groups(rows, (row) => row.host.replace(/:\d+$/, "")), ({ name }) => filter(`domain:${name}`)),
      table("By status", groups(rows, (row) => (row.status ? `${Math.floor(row.status / 100)}xx` : row.outcome === 0 ? "in progress" : "no answer")),
        ({ name }) => filter(/xx$/.test(name) ? `status:${name}` : name === "in progress" ? "is:running" : "is:failed -status:>=100")),
    );
  }
}

function figures(of, milestones) {
  const pairs = [
    ["Requests", formatCount(of.requests)], ["Transferred", formatBytes(of.transferred)], ["Resources", formatBytes(of.resources)],
    ["Finish", formatMs(of.finish)], ["DOMContentLoaded", formatMs(milestones.dom_content_loaded)], ["Load", formatMs(milestones.load)],
  ];
  return h("section", { class: "wf-figures" }, ...pairs.filter(([, value]) => value).map(([name, value]) => h("div", {}, h("b", { text: value }), h("small", { text: name }))));
}

const VERDICTS = { good: "good", fair: "needs improvement", poor: "poor" };

function vitalsOf(milestones) {
  const all = vitals(milestones);
  if (!all.length) return "";
  return h("section", {}, h("h3", { text: "Web Vitals" }), ...all.map(({ short, long, value, name, verdict }) => h("div", { class: `wf-vital ${verdict}` },
    h("span", { title: long, text: short }), h("b", { text: name === "cls" ? value.toFixed(3) : formatMs(value) }), h("small", { text: VERDICTS[verdict] }))));
}

function table(title, all, choose) {
  const line = (group) => h("button", { type: "button", class: "wf-group", onclick: () => choose(group) },
    h("span", { text: group.name }), h("i", { "aria-hidden": "true", style: `--share:${group.share}` }), h("b", { text: String(group.count) }), h("small", { text: formatBytes(group.transferred) }));
  return h("section", {}, h("h3", {}, title, h("small", { text: ` ${all.length}` })), ...all.slice(0, SHOWN).map(line),
    all.length > SHOWN ? h("p", { class: "wf-note", text: `and ${all.length - SHOWN} more` }) : "");
}
