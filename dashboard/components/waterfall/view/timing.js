// Shows where a request's time went: each phase as a bar and in words.
import { h } from "./dom.js";
import { PHASES } from "./model.js";
import { formatMs } from "./time.js";

const WORDS = {
  queued: ["Queued", "waited in the browser behind more important requests"],
  stalled: ["Stalled", "waited for a connection: a browser opens six to an HTTP/1.1 host"],
  dns: ["DNS lookup", "resolved the host name"],
  connect: ["TCP connect", "opened a connection: about one round trip to the server"],
  tls: ["TLS handshake", "negotiated encryption and checked the certificate"],
  sent: ["Request sent", "wrote the request"],
  waiting: ["Waiting (TTFB)", "waited for the first byte: network round trip and server time"],
  download: ["Download", "received the response"],
};

export function timingPane(details, row) {
  if (row.outcome === 0) return [h("p", { text: `Started at ${formatMs(row.start)} and is still in progress.` })];
  const total = Math.max(row.duration, 0.001);
  let at = 0;
  const lines = PHASES.flatMap((phase, index) => {
    const length = row.phases?.[index] ?? -1;
    if (length < 0) return [];
    const line = phaseLine(phase, at, length, total);
    at += length;
    return [line];
  });
  return [
    h("dl", { class: "wf-total" }, h("dt", { text: "Started at" }), h("dd", { text: formatMs(row.start) || "0 ms" })),
    lines.length ? h("div", { class: "wf-phases" }, ...lines) : h("p", { class: "wf-nothing", text: "The browser reported no phases for this request." }),
    h("dl", { class: "wf-total sum" }, h("dt", { text: "Total" }), h("dd", { text: formatMs(row.duration) })),
    h("p", { class: "wf-verdict", text: verdict(row) }),
    ...serverTiming(details),
  ];
}

function phaseLine(phase, from, length, total) {
  const [title, words] = WORDS[phase];
  const bar = h("i", { class: `wf-p-${phase}`, style: `margin-inline-start:${(100 * from) / total}%;width:max(2px, ${(100 * length) / total}%)` });
  return h("div", { class: "wf-phase" },
    h("span", { class: "wf-phase-name", text: title }), h("span", { class: "wf-phase-bar" }, bar), h("span", { class: "wf-phase-time", text: formatMs(length) }),
    h("small", { text: words }));
}

/** Returns a sentence about the longest phase. */
export function verdict(row) {
  if (row.cache) return `It came from the ${row.cache === "service-worker" ? "service worker" : `${row.cache} cache`}, without network traffic.`;
  if (!row.phases) return row.error ? `It failed: ${row.error}.` : "";
  const longest = row.phases.reduce((best, length, index) => (length > row.phases[best] ? index : best), 0);
  const share = Math.round((100 * row.phases[longest]) / Math.max(row.duration, 0.001));
  return `${share}% of the time it ${WORDS[PHASES[longest]][1]}.`;
}

function serverTiming(details) {
  const metrics = details?.server_timing ?? [];
  if (!metrics.length) return [];
  return [h("section", {}, h("h3", { text: "Server-Timing" }),
    h("dl", {}, ...metrics.flatMap(([name, words]) => [h("dt", { text: name }), h("dd", { text: words })])))];
}
