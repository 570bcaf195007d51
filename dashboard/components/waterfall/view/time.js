// Formats durations and sizes, and calculates the ticks of a time axis. Pure.

/** Returns milliseconds in a readable unit and precision. */
export function formatMs(ms) {
  if (ms === null || ms === undefined || ms < 0) return "";
  if (ms < 0.995) return ms === 0 ? "0 ms" : `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Returns bytes in powers of 1000, as browsers' network panels show them. */
export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined || bytes < 0) return "";
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6], ["GB", 1e9]]) {
    const value = bytes / size;
    if (value < 999.5 || unit === "GB") return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
  }
}

/** Returns an integer with thousands separators. `toLocaleString` would take a frame or two at its first call. */
export const formatCount = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** Returns the ticks of an axis of *width* px, at a step of 1, 2 or 5 times a power of ten. */
export function ticks(from, to, width, spacing = 90) {
  const count = Math.max(1, Math.floor(width / spacing));
  const rough = (to - from) / count;
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const result = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++) result.push(index * step);
  return result;
}

/** Returns a tick's label. All labels of an axis have the unit that its last tick needs. */
export function tickLabel(instant, to) {
  if (to < 2000) return `${+instant.toFixed(to < 10 ? 2 : 0)} ms`;
  return `${+(instant / 1000).toFixed(3)} s`;
}

/** Returns a linear map from *from*…*to* ms to 0…*width* px. */
export function scale(from, to, width) {
  const factor = width / Math.max(to - from, 1e-6);
  return {
    from, to, width,
    px: (instant) => (instant - from) * factor,
    instant: (px) => from + px / factor,
  };
}
