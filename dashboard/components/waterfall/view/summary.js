// Calculates a session's totals and what stands out. Pure; `summary_panel.js` draws it.
import { Model } from "./model.js";

// Google's thresholds (https://web.dev/articles/vitals): good up to the first, poor above the second; in ms except for CLS.
const VITALS = [
  ["time_to_first_byte", "TTFB", "Time to first byte", 800, 1800],
  ["first_contentful_paint", "FCP", "First contentful paint", 1800, 3000],
  ["largest_contentful_paint", "LCP", "Largest contentful paint", 2500, 4000],
  ["cls", "CLS", "Cumulative layout shift", 0.1, 0.25],
  ["interaction_to_next_paint", "INP", "Interaction to next paint", 200, 500],
  ["total_blocking_time", "TBT", "Total blocking time: how long scripts kept the page from responding", 200, 600], // Lighthouse's
];

export const COMPRESSED = "has-response-header:content-encoding";
export const CACHEABLE = ["has-response-header:cache-control", "has-response-header:expires", "has-response-header:etag"];

const SLOW_FIRST_BYTE = 600; // ms from which Lighthouse calls a document slow
const LARGE = 500_000; // bytes on the wire
const WORTH_COMPRESSING = 1_400; // bytes; less fits into one packet
const TEXT = /^(text\/|application\/(json|javascript|xml|xhtml|manifest|ld\+json)|image\/svg)/;
const KEPT = new Set(["img", "js", "css", "font", "media"]);

export function vitals(milestones) {
  return VITALS.filter(([name]) => typeof milestones[name] === "number").map(([name, short, long, good, poor]) => ({
    name, short, long, value: milestones[name], verdict: milestones[name] <= good ? "good" : milestones[name] <= poor ? "fair" : "poor",
  }));
}

/** Groups rows by what *read* returns: [{name, count, transferred, share}], most bytes first. */
export function groups(rows, read) {
  const found = new Map();
  for (const row of rows) {
    const name = read(row) || "(none)";
    const group = found.get(name) ?? { name, count: 0, transferred: 0 };
    group.count += 1;
    group.transferred += Math.max(row.encoded, 0);
    found.set(name, group);
  }
  const all = [...found.values()].sort((a, b) => b.transferred - a.transferred || b.count - a.count);
  const most = Math.max(1, ...all.map((group) => group.transferred));
  return all.map((group) => ({ ...group, share: group.transferred / most }));
}

/** Returns notable facts, each with the keys of its rows. *answers* holds the server's answers about headers. */
export function findings(rows, milestones, answers) {
  const page = rows.find((row) => row.type === "document" && row.outcome === 1) ?? rows[0];
  const answered = rows.filter((row) => row.outcome === 1 && row.status < 400);
  const fresh = answered.filter((row) => !row.cache && row.status === 200);
  const firstPaint = milestones.first_contentful_paint;
  const list = [
    ["Failed", "no response, or status 400 and above", rows.filter((row) => row.failed)],
    ["Render-blocking", "high priority and finished before the first paint", rows.filter((row) => blocksRender(row, page, firstPaint))],
    ["Slow first byte", `waited more than ${SLOW_FIRST_BYTE} ms for the server`, answered.filter((row) => row.phases?.[6] > SLOW_FIRST_BYTE)],
    ["Redirected", "an extra round trip before the actual request", rows.filter((row) => row.outcome === 2)],
    ["Requested more than once", "same method and address, loaded from the network each time", duplicates(fresh)],
    ["Large", `over ${LARGE / 1000} kB on the wire`, answered.filter((row) => row.encoded > LARGE)],
    ["Text without compression", "compression would shrink it", known(answers, [COMPRESSED], fresh.filter(isLooseText))],
    ["No cache headers", "fetched again on every visit", known(answers, CACHEABLE, fresh.filter((row) => KEPT.has(row.kind)))],
    ["From other domains", page ? `not from ${page.host}` : "", page ? rows.filter((row) => row.host && site(row.host) !== site(page.host)) : []],
  ];
  return list.filter(([, , meant]) => meant.length).map(([title, words, meant]) => ({ title, words, keys: meant.map((row) => row.key) }));
}

const isLooseText = (row) => TEXT.test(row.mime) && row.decoded > WORTH_COMPRESSING;

/** Returns those of *rows* that, by the server's answers, have none of the headers. */
function known(answers, questions, rows) {
  if (!questions.every((question) => answers.get(question))) return [];
  return rows.filter((row) => !questions.some((question) => answers.get(question).has(row.key)));
}

function blocksRender(row, page, firstPaint) {
  if (row === page || !(firstPaint > 0) || row.duration < 0 || row.end > firstPaint) return false;
  return row.kind === "css" || (row.kind === "js" && ["High", "VeryHigh"].includes(row.priority));
}

function duplicates(rows) {
  const counts = new Map();
  const name = (row) => `${row.method} ${row.url}`;
  for (const row of rows) counts.set(name(row), (counts.get(name(row)) ?? 0) + 1);
  return rows.filter((row) => counts.get(name(row)) > 1);
}

/** Returns a host's last two labels, an approximation of the registrable domain without the Public Suffix List. */
function site(host) {
  const name = host.replace(/:\d+$/, "");
  return /^[\d.]+$|^\[/.test(name) ? name : name.split(".").slice(-2).join(".");
}

export const totals = Model.totals;
