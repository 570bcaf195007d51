// Formats figures as dashboard/format.py does.
export const WORDS = {
  UP: "Up", DEGRADED: "Degraded", DOWN: "Down", UNKNOWN: "Unknown", PAUSED: "Paused", PENDING: "Waiting …", FAILING: "Failing",
};
export const WORK = { pause: "Pausing", resume: "Resuming", delete: "Deleting", check: "Checking", revert: "Undoing", tag: "Tagging", untag: "Untagging" };
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

export const lasting = (seconds) => {
  if (seconds < 1) return "1 s";
  const at = UNITS.findIndex(([size]) => seconds >= size);
  const [size, unit] = UNITS[at];
  const rest = at < 2 ? Math.floor((seconds % size) / UNITS[at + 1][0]) : 0;
  return `${Math.floor(seconds / size)} ${unit}${rest ? ` ${rest} ${UNITS[at + 1][1]}` : ""}`;
};
export const ago = (seconds) => {
  if (seconds < 2) return "just now";
  const [size, unit] = UNITS.find(([size]) => seconds >= size);
  return `${Math.floor(seconds / size)} ${unit} ago`;
};
export const milliseconds = (ms) =>
  ms == null ? "–" : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
export const percent = (share) => (share == null ? "no data" : share >= 10000 ? "100%" : `${(share / 100).toFixed(2)}%`);
// Not `toLocaleString`: its first call takes longer than drawing all rows of a page with a thousand websites.
export const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
export const plural = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
export const clock = (seconds, isLong) =>
  `${isLong ? `${wwDay(seconds * 1000, { weekday: true })}, ` : ""}${wwClock(seconds * 1000, { seconds: false })}`;
export const utc = (seconds) => `${new Date(seconds * 1000).toISOString().replace("T", " ").slice(0, 19)} UTC`;
export const since = (seconds, now) => {
  const isToday = new Date(seconds * 1000).toDateString() === new Date(now).toDateString();
  return `since ${clock(seconds, !isToday)}, for ${lasting(now / 1000 - seconds)}`;
};

// A text in the form that filters compare: in lower case and without diacritics.
const WITHOUT_MARK = { ø: "o", ł: "l", đ: "d", ı: "i", ß: "ss", æ: "ae", œ: "oe" }; // Unicode does not decompose these
export const plain = (text) => {
  const small = text.toLowerCase();
  if (/^[ -~\s]*$/.test(small)) return small; // the common case, which needs no normalisation
  return small.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[øłđıßæœ]/g, (letter) => WITHOUT_MARK[letter]);
};

// A name for use in a sentence, isolated if it is right-to-left, as in core/phrases.py.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name.replace(/[\u2066-\u2069]/g, "")}\u2069` : name);

// Returns a function for the name of a row; equal names get the address added, as in dashboard/words/website_names.py.
export const toldApart = (rows) => {
  const bearers = new Map();
  for (const { name } of rows) bearers.set(name, (bearers.get(name) ?? 0) + 1);
  return ({ name, url }) => {
    if (!(bearers.get(name) > 1)) return name;
    const address = url.replace(/^\w+:\/\//, "");
    const [, six, host = six] = /^(?:\[([^\]]*)\]|([^:/?#]*))/.exec(address);
    return host === name ? address : `${name} · ${address}`;
  };
};

const NAMED = 3; // websites that are named; more are counted
const naming = (names) => {
  if (names.length > NAMED) return `${grouped(names.length)} websites are`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are` : `${names[0]} is`;
};
// The announcement for screen readers when the list of websites that are down changes from *before* to *now*.
export const turn = (before, now) => {
  const beyond = (some, others) => { const ids = new Set(others.map(({ id }) => id)); return some.filter(({ id }) => !ids.has(id)).map(({ name }) => isolated(name)); };
  const [fell, rose] = [beyond(now, before), beyond(before, now)];
  return [...(fell.length ? [`${naming(fell)} down`] : []), ...(rose.length ? [`${naming(rose)} no longer down`] : [])].join("; ");
};
