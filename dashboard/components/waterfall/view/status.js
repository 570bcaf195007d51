// The status line below the list, with the totals of the rows.
import { h } from "./dom.js";
import { Model } from "./model.js";
import { formatBytes, formatCount, formatMs } from "./time.js";

const LEGEND = [
  ["queued", "Queued"], ["stalled", "Stalled"], ["dns", "DNS"], ["connect", "Connect"], ["tls", "TLS"], ["sent", "Sent"], ["waiting", "Waiting"], ["download", "Download"],
];

const NOT_YET = { resources: -1, finish: -1 };

export class StatusLine {
  constructor(onFailed) {
    this.failures = h("b");
    this.failed = h("button", { type: "button", class: "bad", title: "Show only failed requests, or all again (f)", onclick: onFailed }, this.failures, " failed");
    this.sizes = h("span", { class: "wf-totals" });
    this.times = h("span", { class: "wf-totals" });
    // The button stays in place when the totals change: taken out for a moment, it would lose the focus.
    this.totals = h("div", { class: "wf-status", role: "status", "aria-live": "off" }, this.sizes, this.failed, this.times);
    this.element = h("div", { class: "wf-foot" }, this.totals, h("div", { class: "wf-legend", "aria-label": "Colours of the bars", role: "group" },
      ...LEGEND.map(([phase, title]) => h("span", {}, h("i", { class: `wf-p-${phase}`, "aria-hidden": "true" }), title))));
  }

  /** *expected* are totals that arrived before all rows; null once all rows are there. */
  render(all, shown, milestones, expected) {
    const isFiltered = shown.length !== all.length;
    const of = expected && !isFiltered ? { ...NOT_YET, ...expected } : Model.totals(shown);
    const item = (value, words, name = "") => h("span", { class: name }, h("b", { text: value }), ` ${words}`);
    this.sizes.replaceChildren(...[
      item(formatCount(of.requests) + (isFiltered ? ` of ${formatCount(all.length)}` : ""), all.length === 1 ? "request" : "requests"),
      item(formatBytes(of.transferred), "transferred"),
      of.resources < 0 ? null : item(formatBytes(of.resources), "resources"),
    ].filter(Boolean));
    this.failed.hidden = !of.failed;
    this.failures.textContent = formatCount(of.failed);
    this.times.replaceChildren(...[
      of.requests && of.finish >= 0 ? h("span", {}, "Finish ", h("b", { text: formatMs(of.finish) })) : null,
      milestones.dom_content_loaded >= 0 ? h("span", { class: "wf-m-dom_content_loaded", text: `DOMContentLoaded ${formatMs(milestones.dom_content_loaded)}` }) : null,
      milestones.load >= 0 ? h("span", { class: "wf-m-load", text: `Load ${formatMs(milestones.load)}` }) : null,
    ].filter(Boolean));
  }
}
