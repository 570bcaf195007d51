// The texts of a row.
import { ago, clock, lasting, plain, utc } from "./words.js";

export const when = (row, now) => {
  if (row.status === "DOWN" && row.since) return `for ${lasting(now / 1000 - row.since)}`;
  return row.at == null ? "–" : ago(Math.max(0, now / 1000 - row.at));
};
export const moment = (row) => {
  const at = row.status === "DOWN" && row.since ? row.since : row.at;
  return at == null ? "" : `${clock(at, true)} · ${utc(at)}`;
};
export const why = (row) => (row.status === "PAUSED" ? "" : row.error ?? "");
export const shade = (share) => (share == null ? "ww-muted" : share < 9900 ? "ww-is-down-text" : share < 9990 ? "ww-is-degraded-text" : "");

// A heartbeat bar in words, for screen readers.
export const tallied = (letters, noun) => {
  const count = (these) => [...letters].filter((letter) => these.includes(letter)).length;
  return `${letters.length} ${noun}: ${count("u")} up, ${count("gh")} degraded, ${count("dp")} down`;
};

// The tags by which the row matches the filter.
export const finding = ({ name, url, tags }, { text, tag }) => {
  const told = plain(`${name}\n${url}`);
  const words = plain(text).split(/\s+/).filter((word) => word && !told.includes(word));
  return tags.filter((one) => one === tag || words.some((word) => plain(one).includes(word)));
};
// The tags shown beside the name: if there are more than two, only one, preferably one that matches the filter.
export const foremost = (row, asked) => (row.tags.length > 2 ? [...finding(row, asked), ...row.tags].slice(0, 1) : row.tags);
