// Exports the waterfall: rows as CSV, the picture as SVG or PNG, and both as one HTML page.
import { save } from "./dom.js";
import { markersOf } from "./axis.js";
import { statusWord } from "./columns.js";
import { formatBytes, formatMs, scale, tickLabel, ticks } from "./time.js";
import { PHASES } from "./model.js";

const DRAWN = 1000; // rows; no viewer opens a taller picture
const LINE = 22;

export function exportsOf(view) {
  const name = () => `waterfall-${view.options.name ?? "session"}`;
  return [
    ["CSV of the rows", () => save(csv(view.shown), `${name()}.csv`, "text/csv;charset=utf-8")],
    ["SVG of the waterfall", () => save(svg(view), `${name()}.svg`, "image/svg+xml")],
    ["PNG of the waterfall", async () => save(await png(svg(view)), `${name()}.png`)],
    ...(view.options.har ? [["HAR of the session", () => window.location.assign(view.options.har)]] : []),
    ["HTML report", () => save(report(view, name()), `${name()}.html`, "text/html;charset=utf-8")],
  ];
}

const FIELDS = [
  ["url", (row) => row.url], ["method", (row) => row.method], ["status", statusWord], ["type", (row) => row.type], ["protocol", (row) => row.protocol],
  ["mime_type", (row) => row.mime], ["started_ms", (row) => row.start], ["duration_ms", (row) => (row.duration < 0 ? "" : row.duration)],
  ["transferred_bytes", (row) => (row.encoded < 0 ? "" : row.encoded)], ["decoded_bytes", (row) => (row.decoded < 0 ? "" : row.decoded)],
  ["from_cache", (row) => row.cache], ["priority", (row) => row.priority], ["remote_address", (row) => row.remote], ["initiator", (row) => row.initiator],
  ["error", (row) => row.error],
  ...PHASES.map((phase, index) => [`${phase}_ms`, (row) => (row.phases?.[index] >= 0 ? row.phases[index] : "")]),
];

/** Returns CSV (RFC 4180). An apostrophe is put before text that a spreadsheet would take for a formula. */
export function csv(rows) {
  const cell = (value) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [FIELDS.map(([field]) => field), ...rows.map((row) => FIELDS.map(([, read]) => cell(read(row))))].map((cells) => cells.join(",")).join("\r\n") + "\r\n";
}

/** Returns the filtered rows, in their order and zoom, as an SVG document. */
export function svg(view) {
  const style = getComputedStyle(view.element);
  const colour = (name) => style.getPropertyValue(name).trim();
  const rows = view.shown.slice(0, DRAWN);
  const [width, table, top] = [1200, 460, 34];
  const height = top + rows.length * LINE + 30;
  const time = scale(view.scale.from, view.scale.to, width - table - 20);
  const document_ = document.implementation.createDocument("http://www.w3.org/2000/svg", "svg");
  const root = document_.documentElement;
  const add = (tag, attributes, text) => {
    const element = document_.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    root.append(element);
  };
  const say = (text, x, y, attributes = {}) => add("text", { x, y, fill: colour("--wf-text"), ...attributes }, printable(text));
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "Inter, system-ui, sans-serif", "font-size": 11 })) root.setAttribute(name, value);
  add("rect", { width, height, fill: colour("--wf-surface") });
  for (const at of ticks(time.from, time.to, time.width)) {
    add("line", { x1: table + time.px(at), x2: table + time.px(at), y1: top - 8, y2: height - 26, stroke: colour("--wf-hairline") });
    say(tickLabel(at, time.to), table + time.px(at) + 4, 18, { fill: colour("--wf-muted") });
  }
  rows.forEach((row, index) => {
    const y = top + index * LINE;
    say(clip(row.name, 34), 12, y + 14, row.failed ? { fill: colour("--wf-bad") } : {});
    say(clip(row.host, 18), 240, y + 14, { fill: colour("--wf-muted") });
    say(statusWord(row), 350, y + 14, { fill: colour(row.failed ? "--wf-bad" : "--wf-good") });
    say(formatBytes(row.encoded), 450, y + 14, { "text-anchor": "end" });
    bar(row, y, time, table, add, colour);
    say(formatMs(row.duration), Math.min(table + Math.max(time.px(row.end), 0) + 6, width - 50), y + 14, { fill: colour("--wf-muted") });
  });
  for (const { name, short, at } of markersOf(view.milestones)) {
    if (at < time.from || at > time.to) continue;
    add("line", { x1: table + time.px(at), x2: table + time.px(at), y1: 22, y2: height - 26, stroke: colour(`--wf-m-${name}`) });
    say(short, table + time.px(at) + 2, 30, { fill: colour(`--wf-m-${name}`), "font-size": 9 });
  }
  const cut = view.shown.length > DRAWN ? `, the first ${DRAWN} drawn` : "";
  say(`${view.shown.length} requests${cut} · Watchwright`, 12, height - 10, { fill: colour("--wf-muted") });
  return new XMLSerializer().serializeToString(document_);
}

const REPORT_STYLE = `body { margin: 24px; font: 13px/1.5 Inter, system-ui, sans-serif; color: #101828; background: #fff }
table { border-collapse: collapse; width: 100%; margin-top: 24px } th, td { padding: 4px 8px; border-bottom: 1px solid #eef0f3; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere } .bad { color: #c9202e } svg { max-width: 100%; height: auto }`;

/** Returns a page that needs no server, with the picture and a table. It is built as a DOM, so that text is escaped. */
export function report(view, title) {
  const page = document.implementation.createHTMLDocument(title);
  const add = (parent, tag, text) => {
    const element = page.createElement(tag);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  };
  page.head.append(Object.assign(page.createElement("meta"), { httpEquiv: "Content-Security-Policy", content: "default-src 'none'; style-src 'unsafe-inline'" }));
  add(page.head, "style", REPORT_STYLE);
  add(page.body, "h1", `Watchwright: ${title}`);
  add(page.body, "p", `${view.shown.length} of ${view.model.rows.length} requests. ${markersOf(view.milestones).map(({ long, at }) => `${long} ${formatMs(at)}`).join(" · ")}`);
  page.body.append(page.importNode(new DOMParser().parseFromString(svg(view), "image/svg+xml").documentElement, true));
  const table = add(page.body, "table");
  const head = add(add(table, "thead"), "tr");
  for (const name of ["URL", "Method", "Status", "Type", "Start", "Time", "Transferred", "Error"]) add(head, "th", name);
  const body = add(table, "tbody");
  for (const row of view.shown) {
    const line = add(body, "tr");
    if (row.failed) line.className = "bad";
    for (const text of [row.url, row.method, statusWord(row), row.type, formatMs(row.start), formatMs(row.duration), formatBytes(row.encoded), row.error]) add(line, "td", text);
  }
  return `<!doctype html>\n${page.documentElement.outerHTML}`;
}

function bar(row, y, time, left, add, colour) {
  const draw = (from, to, thickness, fill) => {
    const [a, b] = [Math.max(time.px(from), 0), Math.min(time.px(to), time.width)];
    if (b >= a && to > from) add("rect", { x: left + a, y: y + 11 - thickness / 2, width: Math.max(b - a, 1), height: thickness, fill });
  };
  if (!row.phases) return draw(row.start, row.end, 6, colour(row.failed ? "--wf-bad" : "--wf-queued"));
  let at = row.start;
  row.phases.forEach((length, index) => {
    if (length <= 0) return;
    draw(at, at + length, index < 2 ? 2 : index < 5 ? 6 : 10, colour(`--wf-${PHASES[index]}`));
    at += length;
  });
}

const clip = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
// XML 1.0 forbids control characters, even as references.
const printable = (text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");

async function png(text) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const ratio = image.height > 8000 ? 1 : 2; // a canvas may have at most 16,384 px
  const canvas = new OffscreenCanvas(image.width * ratio, Math.min(image.height * ratio, 16_000));
  canvas.getContext("2d").drawImage(image, 0, 0, image.width * ratio, image.height * ratio);
  URL.revokeObjectURL(image.src);
  return canvas.convertToBlob({ type: "image/png" });
}
