// Heartbeat bars and sparklines as SVG paths: one element per colour, however many checks there are.
const FILLS = { u: "var(--ww-up)", g: "var(--ww-degraded)", d: "var(--ww-down)", x: "var(--ww-nodata)" };
const MIXED = { p: ["u", "d"], h: ["u", "g"] }; // buckets that were partly down or partly degraded
export const SLOTS = 60;
export const SPARKS = 30;
const HEIGHT = 20;

export const bars = (letters) => {
  const paths = {};
  const draw = (kind, slot, y, height) => {
    paths[kind] = (paths[kind] ?? "") + `M${slot * 5 + 0.7} ${y}h3.6v${height}h-3.6z`;
  };
  const missing = SLOTS - letters.length;
  for (let slot = 0; slot < SLOTS; slot++) {
    const letter = letters[slot - missing];
    if (!letter || letter === "x") draw("x", slot, 7, 6);
    else if (MIXED[letter]) {
      draw(MIXED[letter][0], slot, 0, HEIGHT / 2);
      draw(MIXED[letter][1], slot, HEIGHT / 2, HEIGHT / 2);
    } else draw(letter, slot, 0, HEIGHT);
  }
  return Object.entries(paths).map(([kind, d]) => ({ kind, d, fill: FILLS[kind] }));
};

export const spark = (answers) => {
  const top = Math.max(...answers.filter((ms) => ms != null), 0) || 1;
  const step = 100 / Math.max(answers.length - 1, 1);
  let pen = "M";
  return answers.map((ms, index) => {
    if (ms == null) { pen = "M"; return ""; }
    const point = `${pen}${(index * step).toFixed(1)} ${(22 - (ms / top) * 19).toFixed(1)}`;
    pen = "L";
    return point;
  }).join("");
};

const LETTER_WORDS = { u: "up", g: "degraded", d: "down", p: "partly down", h: "partly degraded", x: "no data" };

// The text of the slot under the pointer: a check's age or a bucket's time, and its status.
export const slotWords = (letters, fraction, bucket) => {
  const slot = Math.min(SLOTS - 1, Math.max(0, Math.floor(fraction * SLOTS)));
  const letter = letters[slot - (SLOTS - letters.length)];
  if (bucket) return `${bucket(slot)}: ${LETTER_WORDS[letter ?? "x"]}`;
  if (!letter) return "no check";
  const back = SLOTS - 1 - slot;
  return `${back === 0 ? "the latest check" : `${back} check${back === 1 ? "" : "s"} before the latest`}: ${LETTER_WORDS[letter]}`;
};
const drawn = new WeakMap(); // filled when a row becomes visible, as most of a thousand rows never do
export const picture = (row, past) => {
  if (!drawn.has(row)) drawn.set(row, { bars: bars(past.beats), line: spark(past.answers) });
  return drawn.get(row);
};
