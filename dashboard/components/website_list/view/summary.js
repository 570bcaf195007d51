// The headline and the figures above the list.
import { WORDS, grouped, isolated, lasting, milliseconds, percent, plural } from "./words.js";

// `down` are the websites that are down, longest first.
export const headline = ({ counts, down }) => {
  const { ALL, DEGRADED = 0, FAILING = 0, PAUSED = 0, PENDING = 0, UNKNOWN = 0 } = counts;
  const names = down.map(({ name }) => isolated(name));
  if (names.length === 2) return `${names.join(" and ")} are down`;
  if (names.length) return names.length > 2 ? `${names.length} websites are down` : `${names[0]} is down`;
  if (FAILING) return `${plural(FAILING, "website")} failing`;
  if (DEGRADED) return `${plural(DEGRADED, "website")} degraded`;
  if (PAUSED === ALL) return "All websites are paused";
  if (PENDING === ALL) return "Waiting for the first checks …";
  if (PENDING) return `No website is down; ${plural(PENDING, "website")} not checked yet`;
  if (UNKNOWN) return `No website is down; ${plural(UNKNOWN, "website")} unknown`;
  return ALL === 1 ? "Your website is up" : `All ${grouped(ALL - PAUSED)} websites are up`;
};

export const cards = ({ living, counts, downSince, now }) => {
  const counted = (key, note, tone) => ({ label: WORDS[key], status: key, value: counts[key] ?? 0, note, tone: counts[key] ? tone : "" });
  const shares = living.map((row) => row.month).filter((share) => share != null);
  const answers = living.filter((row) => row.ms != null && !["DOWN", "PAUSED"].includes(row.status)).map((row) => row.ms).sort((a, b) => a - b);
  const mean = shares.length ? Math.floor(shares.reduce((sum, share) => sum + share, 0) / shares.length) : null;
  const longest = downSince ? `longest ${lasting(now / 1000 - downSince)}` : "nothing is down";
  const failing = counts.FAILING ? `${counts.FAILING} more failing` : longest;
  const [middle, unit = ""] = milliseconds(answers[answers.length >> 1]).split(" ");
  return [
    counted("DOWN", failing, "ww-is-down-text"),
    counted("DEGRADED", "slow or failing expectations", "ww-is-degraded-text"),
    counted("UP", `of ${plural(counts.ALL, "website")}`),
    counted("PAUSED", "not checked"),
    { label: "Uptime, 30 d", value: mean == null ? "–" : percent(mean).replace("%", ""), unit: mean == null ? "" : "%", note: mean == null ? "no data yet" : "average of all websites" },
    { label: "Median response", value: middle, unit, note: "latest checks" },
  ];
};
