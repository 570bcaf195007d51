// The rows of one debug session, decoded from the batches of `wire.py`. Independent of the DOM.

export const PHASES = ["queued", "stalled", "dns", "connect", "tls", "sent", "waiting", "download"];
const OUTCOME = { PENDING: 0, RESPONSE: 1, REDIRECT: 2, ERROR: 3, TIMEOUT: 4 };

export class Model {
  rows = []; // sorted by start, then by key
  byKey = new Map();
  end = 0; // ms of the last known event
  words = [""];

  /** Adds a batch. Returns the number of new rows. */
  apply({ t = [], o = [], a = [] }) {
    for (const word of t) this.words.push(word);
    let added = 0;
    for (const fields of o) added += this.#open(fields);
    for (const fields of a) this.#answer(fields);
    return added;
  }

  #open([key, url, method, type, start, priority, initiator, target, redirectedFrom, preflightFor]) {
    let row = this.byKey.get(key);
    const isNew = !row;
    if (isNew) {
      row = emptyRow(key);
      this.byKey.set(key, row);
    }
    const before = row.start;
    Object.assign(row, parts(url), {
      url, lower: url.toLowerCase(), start: start / 10, redirectedFrom, preflightFor, version: row.version + 1,
      method: this.words[method], type: this.words[type] || "other", priority: this.words[priority],
      initiator: this.words[initiator], target: this.words[target],
    });
    if (row.preflightFor) row.type = "preflight";
    row.kind = kindOf(row.type);
    row.end = Math.max(row.end, row.start + Math.max(row.duration, 0));
    this.end = Math.max(this.end, row.end);
    if (isNew) this.rows.push(row);
    if (isNew ? this.#isOutOfOrder() : before !== row.start) this.rows.sort(byStart);
    return isNew ? 1 : 0;
  }

  #isOutOfOrder() {
    const count = this.rows.length;
    return count > 1 && byStart(this.rows[count - 2], this.rows[count - 1]) > 0;
  }

  #answer([key, outcome, status, duration, encoded, decoded, cache, mime, protocol, remote, error, ...phases]) {
    const row = this.byKey.get(key);
    if (!row) return;
    Object.assign(row, {
      outcome, status, encoded, decoded, version: row.version + 1,
      duration: duration < 0 ? -1 : duration / 10,
      cache: this.words[cache], mime: this.words[mime], protocol: this.words[protocol],
      remote: this.words[remote], error: this.words[error],
      phases: phases.length ? phases.map((tenths) => tenths / 10) : null,
    });
    row.failed = (outcome === OUTCOME.ERROR || outcome === OUTCOME.TIMEOUT || status >= 400) && !isIcon(row);
    row.end = row.start + Math.max(row.duration, 0);
    this.end = Math.max(this.end, row.end);
  }

  /** Returns the redirects before and after a row, and its preflight or the request that it was sent for. */
  tied(row) {
    const result = new Set();
    for (let hop = this.byKey.get(row.redirectedFrom); hop && !result.has(hop); hop = this.byKey.get(hop.redirectedFrom))
      result.add(hop);
    const wanted = new Set([row.key]);
    for (const other of this.rows) {
      if (wanted.has(other.redirectedFrom)) {
        wanted.add(other.key);
        result.add(other);
      }
      if (other.preflightFor === row.key || row.preflightFor === other.key) result.add(other);
    }
    result.delete(row);
    return result;
  }

  /** Returns the initiators of this row, nearest first; at most *limit*. */
  initiators(row, limit = 20) {
    const chain = [];
    for (let asked = row; asked && chain.length < limit; ) {
      const place = initiatorPlace(asked.initiator);
      const parent = place.url && this.rows.find((other) => other.url === place.url && other !== asked);
      if (!parent || chain.includes(parent) || parent === row) break;
      chain.push(parent);
      asked = parent;
    }
    return chain;
  }

  /** Returns the figures of the status line for *rows*. */
  static totals(rows) {
    const totals = { requests: rows.length, transferred: 0, resources: 0, failed: 0, finish: 0 };
    for (const row of rows) {
      if (row.encoded > 0) totals.transferred += row.encoded;
      if (row.decoded > 0) totals.resources += row.decoded;
      if (row.failed) totals.failed += 1;
      if (row.end > totals.finish) totals.finish = row.end;
    }
    return totals;
  }
}

// Browsers request it from every site by themselves; see `core.debugging.failures.is_failed`.
const isIcon = (row) => row.status < 500 && row.type === "other" && !row.path && row.name === "favicon.ico";

function emptyRow(key) {
  return {
    key, version: 0, outcome: 0, status: 0, duration: -1, encoded: -1, decoded: -1, end: 0, phases: null, failed: false,
    cache: "", mime: "", protocol: "", remote: "", error: "",
  };
}

const byStart = (a, b) => a.start - b.start || a.key - b.key;

/** Returns the name and host under which a row is listed. `URL` would take 40 ms for 10,000 rows. */
export function parts(url) {
  if (url.startsWith("data:")) return { scheme: "data", host: "", path: "", name: url.slice(0, 60) };
  const afterScheme = url.indexOf("://");
  if (afterScheme < 0) return { scheme: url.split(":", 1)[0], host: "", path: "", name: url };
  const hostFrom = afterScheme + 3;
  let hostTo = url.slice(hostFrom).search(/[/?#]/);
  hostTo = hostTo < 0 ? url.length : hostFrom + hostTo;
  const authority = url.slice(hostFrom, hostTo);
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const hash = url.indexOf("#", hostTo);
  const rest = url.slice(hostTo, hash < 0 ? undefined : hash);
  const query = rest.indexOf("?");
  const path = query < 0 ? rest : rest.slice(0, query);
  const slash = path.lastIndexOf("/", path.length - 2);
  const last = path.slice(slash + 1) + (query < 0 ? "" : rest.slice(query));
  return { scheme: url.slice(0, afterScheme), host, path: path.slice(0, Math.max(slash, 0)), name: last.replace(/^\//, "") || host };
}

const KINDS = {
  fetch: "fetch", xhr: "fetch", document: "doc", script: "js", stylesheet: "css", image: "img", font: "font",
  media: "media", texttrack: "media", websocket: "ws", eventsource: "fetch",
};

/** Returns the filter's type chip of a CDP resource type. */
function kindOf(type) {
  return KINDS[type] ?? "other";
}

/** Splits ``type url:line`` of `wire.initiator_text`; line is null if unknown. */
export function initiatorPlace(text) {
  const space = text.indexOf(" ");
  if (space < 0) return { type: text, url: "", line: null };
  const place = text.slice(space + 1);
  const line = /:(\d+)$/.exec(place.slice(place.indexOf("://") + 3).replace(/^[^/]*/, ""));
  return { type: text.slice(0, space), url: line ? place.slice(0, -line[0].length) : place, line: line ? +line[1] : null };
}
