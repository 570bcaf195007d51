// What the server tells of a website, taken apart in the order in which row.py puts it together; order, filter, groups.
import { SLOTS, SPARKS } from "./picture.js";
import { plain } from "./words.js";

const LEVELS = 35; // of a sparkline, as row.py counts them
export const ORDER = { DOWN: 0, FAILING: 0.5, DEGRADED: 1, PENDING: 2, UP: 3, UNKNOWN: 4, PAUSED: 5 };
const UNTAGGED = "without a tag";
export const collator = new Intl.Collator(undefined, { numeric: true });

export const runs = (text) => text.replace(/([a-z])(\d+)/g, (_, letter, count) => letter.repeat(count));
const now = ([status, ms, error, day, month, at, since, flapping, certificate]) => ({ status, ms, error, day, month, at, since, flapping, certificate });
export const whole = ([id, name, url, tags, beats, levels, top, ...rest]) => Object.freeze({
  id, name, url, tags, key: plain(`${name}\n${url}\n${tags.join(" ")}`),
  told: [beats, levels, top], ...now(rest),
});

const pasts = new WeakMap(); // taken apart when a row comes on screen or is sorted by it: most of a thousand never are
export const past = (row) => {
  if (!pasts.has(row)) {
    const [beats, levels, top] = row.told;
    pasts.set(row, { beats: runs(beats), answers: [...levels].map((level) => (level === "-" ? null : (parseInt(level, 36) / LEVELS) * top)) });
  }
  return pasts.get(row);
};
export const checked = (row, [, letter, ...rest]) => {
  const fresh = now(rest);
  const { beats, answers } = past(row);
  const next = Object.freeze({ ...row, ...fresh, certificate: rest.length > 8 ? fresh.certificate : row.certificate });
  pasts.set(next, { beats: (beats + letter).slice(-SLOTS), answers: [...answers, letter === "d" ? null : fresh.ms].slice(-SPARKS) });
  return next;
};

const failures = (row) => past(row).beats.split(/[dg]/).length - 1;
const mean = (row) => {
  const known = past(row).answers.filter((ms) => ms != null);
  return known.length ? known.reduce((sum, ms) => sum + ms, 0) / known.length : -1;
};
const VALUES = { status: (row) => ORDER[row.status], name: () => 0, beats: failures, spark: mean };

export const sorted = (rows, { key, up }) => {
  const value = VALUES[key] ?? ((row) => row[key] ?? (up ? Number.MAX_VALUE : -1)); // what is not known stands last
  const sign = up ? 1 : -1;
  // Of what is down, the newest is what its reader does not know yet.
  const byFall = (a, b) => (key === "status" && a.row.status === "DOWN" && b.row.status === "DOWN" ? (b.row.since ?? 0) - (a.row.since ?? 0) : 0);
  const byName = (a, b) => collator.compare(a.row.name, b.row.name) || a.row.id - b.row.id;
  const valued = rows.map((row) => ({ row, value: value(row) })); // once for each row, not for each comparison
  valued.sort((a, b) => (a.value - b.value || (key === "name" ? byName(a, b) : 0)) * sign || byFall(a, b) || byName(a, b));
  return valued.map(({ row }) => row);
};
export const matching = (rows, { text, filter, tag }) => {
  const words = plain(text).split(/\s+/); // in any order: of a client's many, the one that is meant
  return rows.filter((row) => (filter === "ALL" || row.status === filter) && (!tag || row.tags.includes(tag)) && words.every((word) => row.key.includes(word)));
};

// How many of *rows* there are, and of each status.
export const counted = (rows) => {
  const counts = { ALL: rows.length };
  for (const row of rows) counts[row.status] = (counts[row.status] ?? 0) + 1;
  return counts;
};

// What the list shows from top to bottom: rows, and before each group its head. A website with two tags is in both groups.
export const items = (rows, isGrouped) => {
  if (!isGrouped) return rows.map((row) => ({ key: row.id, row }));
  const groups = new Map();
  for (const row of rows)
    for (const tag of row.tags.length ? row.tags : [""]) groups.set(tag, [...(groups.get(tag) ?? []), row]);
  const names = [...groups.keys()].sort((a, b) => (a === "") - (b === "") || collator.compare(a, b));
  return names.flatMap((tag) => [
    { key: `#${tag}`, head: tag || UNTAGGED, rows: groups.get(tag), down: groups.get(tag).filter((row) => row.status === "DOWN").length },
    ...groups.get(tag).map((row) => ({ key: `${row.id}#${tag}`, row })),
  ]);
};

// Which item is *height* below the first one's top; `offsets` are the items' tops, and the last one's bottom.
export const placeOf = (height, offsets) => {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle + 1] <= height) low = middle + 1;
    else high = middle;
  }
  return low;
};
