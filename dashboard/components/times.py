"""The script that formats times in the reader's time zone, in the same form as charts and sentences.

``14:05:33``, ``28 Nov, 14:05:33``, ``28 Nov 2025, 14:05:33``, ``28 Nov, 14:05:33 to 14:20:01``. The browser's own
formats would say "Nov 28" beside an axis that says "28 Nov", and their first use takes longer than drawing all rows
of a page.
"""

SCRIPT = """
<script>
const WW_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const WW_WEEKDAYS = "Sun Mon Tue Wed Thu Fri Sat".split(" ");
const wwDay = (at, { weekday = false } = {}) => {
  const day = new Date(at), year = day.getFullYear();
  return `${weekday ? WW_WEEKDAYS[day.getDay()] + " " : ""}${day.getDate()} ${WW_MONTHS[day.getMonth()]}`
    + (year === new Date().getFullYear() ? "" : ` ${year}`);
};
const wwClock = (at, { seconds = true } = {}) => {
  const time = new Date(at), parts = [time.getHours(), time.getMinutes(), ...(seconds ? [time.getSeconds()] : [])];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
};
const wwMoment = (at, how) => `${wwDay(at)}, ${wwClock(at, how)}`;
const wwTimes = () => document.querySelectorAll("time[datetime]").forEach((element) => {
  const at = new Date(element.dateTime);
  const { form, since, planned } = element.dataset;
  const beside = since ? new Date(since) : new Date();
  const isLong = form === "long" || at.toDateString() !== beside.toDateString();
  const how = { seconds: planned === undefined || at.getSeconds() > 0 }; // plans rarely contain seconds
  const text = isLong ? wwMoment(at, how) : wwClock(at, how);
  if (element.textContent !== text) element.textContent = text;
});
document.addEventListener("DOMContentLoaded", () => {
  wwTimes();
  const watched = { childList: true, subtree: true, attributeFilter: ["datetime", "data-since"] };
  new MutationObserver(wwTimes).observe(document.body, watched);
});
</script>
"""
