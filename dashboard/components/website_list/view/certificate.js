// A certificate's expiry day in words. Days are counted from 1970.
const SOON_DAYS = 14;
const left = (day, now) => (day == null ? null : day - Math.floor(now / 86_400_000));

export const certificate = {
  days: (day, now) => (day == null ? "–" : left(day, now) < 0 ? "expired" : `${left(day, now)} d`),
  urgency: (day, now) => (day == null ? "ww-muted" : left(day, now) < 0 ? "ww-is-down-text" : left(day, now) < SOON_DAYS ? "ww-is-degraded-text" : ""),
  expires: (day) => (day == null ? "no certificate" : `expires on ${wwDay(day * 86_400_000)}`),
};
