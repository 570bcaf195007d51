// Decodes rows, in the order in which row.py encodes them; sorts, filters and groups them.
import { SLOTS, SPARKS } from "./picture.js";
import { plain } from "./words.js";

const LEVELS = 35; // the highest level of a sparkline, as in row.py
export const ORDER = { DOWN: 0, FAILING: 0.5, DEGRADED: 1, PENDING: 2, UP: 3, UNKNOWN: 4, PAUSED: 5 };
const UNTAGGED = "untagged";
export const collator = new Intl.Collator(undefined, { numeric: true });

export const runs = (text) => text.replace(/([a-z])(\d+)/g, (_, letter, count) => letter.repeat(count));
const now = ([status, ms, error, day, month, at, since, flapping, certificate]) => ({ status, ms, error, day, month, at, since, flapping, certificate });
export const whole = ([id, name, url, tags, beats, levels, top, ...rest]) => Object.freeze({
  id, name, url, tags, key: plain(`${name}\n${url}\n${tags.join(" ")}`),
  told: [beats, levels, top], ...now(rest),
});

const pasts = new WeakMap(); // decoded when a row becomes visible or is sorted by, as most of a thousand rows never are
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
  const value = VALUES[key] ?? ((row) => row[key] ?? (up ? Number.MAX_VALUE : -1)); // unknown values come last
  const sign = up ? 1 : -1;
  // The latest downtime first, as the reader may not know it yet.
  const byFall = (a, b) => (key === "status" && a.row.status === "DOWN" && b.row.status === "DOWN" ? (b.row.since ?? 0) - (a.row.since ?? 0) : 0);
  const byName = (a, b) => collator.compare(a.row.name, b.row.name) || a.row.id - b.row.id;
  const valued = rows.map((row) => ({ row, value: value(row) })); // calculated once per row, not per comparison
  valued.sort((a, b) => (a.value - b.value || (key === "name" ? byName(a, b) : 0)) * sign || byFall(a, b) || byName(a, b));
  return valued.map(({ row }) => row);
};
export const matching = (rows, { text, filter, tag }) => {
  const words = plain(text).split(/\s+/); // in any order
  return rows.filter((row) => (filter === "ALL" || row.status === filter) && (!tag || row.tags.includes(tag)) && words.every((word) => row.key.includes(word)));
};

// The number of *rows*, in all and by status.
export const counted = (rows) => {
  const counts = { ALL: rows.length };
  for (const row of rows) counts[row.status] = (counts[row.status] ?? 0) + 1;
  return counts;
};

// The list's items from top to bottom: rows, and a heading before each group. A website with two tags is in both groups.
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

// The index of the item at *height*; `offsets` are the items' tops, and the bottom of the last one.
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
