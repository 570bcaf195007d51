// The filter language, modelled on browsers' network panels. Pure.
//
// Terms are separated by spaces and must all match. "…" groups words, and a leading - negates:
// text · /regex/ · key:value.

export const CHIPS = [
  ["fetch", "Fetch/XHR"], ["doc", "Doc"], ["js", "JS"], ["css", "CSS"], ["img", "Img"],
  ["font", "Font"], ["media", "Media"], ["ws", "WS"], ["other", "Other"],
];

const STATES = {
  "from-cache": (row) => row.cache !== "",
  failed: (row) => row.failed,
  running: (row) => row.outcome === 0,
  redirect: (row) => row.outcome === 2,
  preflight: (row) => row.preflightFor > 0,
};

// key → [description, (value) → test, or the text of an error]
const KEYS = {
  "status-code": ["exact status, or 4xx", (value) => statusTest(value)],
  status: ["404 · 4xx · >=400 · 400-499", (value) => statusTest(value)],
  method: ["GET, POST …", (value) => equals("method", value)],
  domain: ["host, * stands for anything", (value) => glob((row) => row.host.replace(/:\d+$/, ""), value)],
  "mime-type": ["type of the answer, * stands for anything", (value) => glob((row) => row.mime, value)],
  "resource-type": ["document, script, fetch …", (value) => equals("type", value)],
  "larger-than": ["transferred: 500, 100k, 2M", (value) => atLeast(size(value), (row) => row.encoded, value, "a size such as 100k or 2M")],
  "slower-than": ["whole time: 300ms, 2s", (value) => atLeast(span(value), (row) => row.duration, value, "a time such as 500ms or 2s")],
  is: [Object.keys(STATES).join(" · "), (value) => STATES[value] ?? `“is:${value}” is not known: use ${Object.keys(STATES).join(", ")}.`],
  "has-response-header": ["name of a response header", null],
  priority: ["VeryLow … VeryHigh", (value) => equals("priority", value)],
  protocol: ["http/1.1, h2, h3", (value) => equals("protocol", value)],
  initiator: ["part of the initiator's address", (value) => (row) => row.initiator.toLowerCase().includes(value)],
  "remote-address": ["part of the server's address", (value) => (row) => row.remote.includes(value)],
  scheme: ["http, https, data, wss …", (value) => equals("scheme", value)],
};

/** Returns the terms with their positions: [{text, from, to}]. */
function tokens(text) {
  const found = [];
  for (const match of text.matchAll(/-?\/(?:[^/\\]|\\.)+\/i?(?=\s|$)|(?:"[^"]*"?|[^\s"])+/g))
    found.push({ text: match[0], from: match.index, to: match.index + match[0].length });
  return found;
}

/**
 * Read a filter.
 * @returns {{test: (row) => boolean, asks: string[], errors: string[]}} *asks* are the terms that only the
 *   server can answer; *answers* maps each to the set of keys for which it holds (nothing holds till then).
 */
export function parse(text, answers = new Map()) {
  const tests = [];
  const asks = [];
  const errors = [];
  for (const token of tokens(text)) {
    const negated = token.text.length > 1 && token.text.startsWith("-");
    const test = term(negated ? token.text.slice(1) : token.text, answers, asks);
    if (typeof test === "string") errors.push(test);
    else if (test) tests.push(negated ? (row) => !test(row) : test);
  }
  return { test: (row) => tests.every((holds) => holds(row)), asks, errors };
}

function term(raw, answers, asks) {
  if (raw.startsWith("/") && /.\/i?$/.test(raw) && raw.length > 2) return regex(raw);
  const colon = raw.indexOf(":");
  const key = colon > 0 ? raw.slice(0, colon).toLowerCase() : "";
  const value = unquote(colon > 0 ? raw.slice(colon + 1) : raw).toLowerCase();
  if (!(key in KEYS)) return contains(unquote(raw).toLowerCase());
  if (!value) return null; // the reader is still typing
  if (key !== "has-response-header") return KEYS[key][1](value);
  const ask = `${key}:${value}`;
  asks.push(ask);
  return (row) => answers.get(ask)?.has(row.key) ?? false;
}

const contains = (text) => (row) => row.lower.includes(text);
const unquote = (text) => text.replaceAll('"', "");
const equals = (field, value) => (row) => row[field].toLowerCase() === value;

function regex(raw) {
  try {
    const pattern = new RegExp(raw.slice(1, raw.lastIndexOf("/")), "i");
    return (row) => pattern.test(row.url);
  } catch {
    return `${raw} is not a valid regular expression. Check its brackets and backslashes.`;
  }
}

function glob(read, value) {
  const pattern = new RegExp(`^${value.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "i");
  return (row) => pattern.test(read(row));
}

function statusTest(value) {
  const among = /^([1-5])xx$/.exec(value);
  if (among) return (row) => Math.floor(row.status / 100) === +among[1];
  const span = /^(\d{3})-(\d{3})$/.exec(value);
  if (span) return (row) => row.status >= +span[1] && row.status <= +span[2];
  const compared = /^(>=|<=|>|<|=)?(\d{1,3})$/.exec(value);
  if (!compared) return `“${value}” is not a status: write 404, 4xx, 400-499 or >=400.`;
  const limit = +compared[2];
  return {
    ">=": (row) => row.status >= limit, "<=": (row) => row.status > 0 && row.status <= limit,
    ">": (row) => row.status > limit, "<": (row) => row.status > 0 && row.status < limit,
  }[compared[1]] ?? ((row) => row.status === limit);
}

function atLeast(limit, read, value, expected) {
  return limit === null ? `“${value}” is not ${expected}.` : (row) => read(row) > limit;
}

function size(value) {
  const match = /^(\d+(?:\.\d+)?)(k|kb|m|mb|b)?$/.exec(value);
  return match ? +match[1] * ({ k: 1e3, m: 1e6 }[match[2]?.[0]] ?? 1) : null;
}

function span(value) {
  const match = /^(\d+(?:\.\d+)?)(ms|s)?$/.exec(value);
  return match ? +match[1] * (match[2] === "s" ? 1000 : 1) : null;
}

/**
 * What could stand where the caret is: keys, or the values of a key that occur in *rows*.
 * @returns {{from, to, items: [{text, hint}]}} the span that an item would replace.
 */
export function completions(text, caret, rows, limit = 10) {
  const token = tokens(text).find(({ from, to }) => from < caret && caret <= to) ?? { text: "", from: caret, to: caret };
  const dash = token.text.startsWith("-") ? "-" : "";
  const typed = token.text.slice(dash.length).toLowerCase();
  const colon = typed.indexOf(":");
  const items = colon < 0 ? keyItems(typed) : valueItems(typed.slice(0, colon), typed.slice(colon + 1), rows);
  return {
    from: token.from + dash.length, to: token.to,
    items: items.filter(({ text: item }) => item.toLowerCase() !== typed).slice(0, limit),
  };
}

function keyItems(typed) {
  return Object.entries(KEYS).filter(([key]) => key.startsWith(typed)).map(([key, [hint]]) => ({ text: `${key}:`, hint }));
}

const FIXED = {
  is: Object.keys(STATES), "larger-than": ["10k", "100k", "1M"], "slower-than": ["100ms", "500ms", "1s"],
  "has-response-header": ["cache-control", "content-encoding", "set-cookie", "content-security-policy", "etag"],
};

const READ = {
  "status-code": (row) => row.status || "", method: (row) => row.method, domain: (row) => row.host.replace(/:\d+$/, ""),
  "mime-type": (row) => row.mime, "resource-type": (row) => row.type, priority: (row) => row.priority,
  protocol: (row) => row.protocol, scheme: (row) => row.scheme,
};
READ.status = READ["status-code"];

function valueItems(key, typed, rows) {
  const counts = new Map();
  for (const value of FIXED[key] ?? []) counts.set(value, null);
  if (READ[key]) for (const row of rows) {
    const value = String(READ[key](row));
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .filter(([value]) => value.toLowerCase().includes(typed))
    .sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0))
    .map(([value, count]) => ({ text: `${key}:${value}`, hint: count === null ? "" : `${count} ${count === 1 ? "row" : "rows"}` }));
}
