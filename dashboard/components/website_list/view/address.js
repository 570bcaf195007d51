// The reader's choices in the page's URL, where they can be shared and bookmarked.
import { ORDER } from "./rows.js";

export const SPANS = [
  { key: "checks", label: "60 checks" },
  { key: "24h", label: "24 h", seconds: 86_400 },
  { key: "7d", label: "7 d", seconds: 7 * 86_400 },
  { key: "30d", label: "30 d", seconds: 30 * 86_400 },
  { key: "90d", label: "90 d", seconds: 90 * 86_400 },
];
const FIRST_SORT = { key: "status", up: true };

export const read = (search, sortable) => {
  const asked = new URLSearchParams(search);
  const sort = asked.get("sort") ?? "";
  const key = sort.replace(/^-/, "");
  const status = (asked.get("status") ?? "").toUpperCase(); // other pages use lower case
  return {
    text: asked.get("q") ?? "",
    filter: status in ORDER ? status : "ALL",
    tag: asked.get("tag") ?? "",
    span: SPANS.some(({ key }) => key === asked.get("span")) ? asked.get("span") : "checks",
    sort: sortable.includes(key) ? { key, up: !sort.startsWith("-") } : FIRST_SORT,
    isGrouped: asked.get("group") === "tag",
  };
};
export const write = ({ text, filter, tag, span, sort, isGrouped }) => {
  const asked = new URLSearchParams();
  if (text) asked.set("q", text);
  if (filter !== "ALL") asked.set("status", filter);
  if (tag) asked.set("tag", tag);
  if (span !== "checks") asked.set("span", span);
  if (sort.key !== FIRST_SORT.key) asked.set("sort", (sort.up ? "" : "-") + sort.key);
  if (isGrouped) asked.set("group", "tag");
  history.replaceState(history.state, "", location.pathname + (asked.size ? `?${asked}` : "") + location.hash);
};
export const turned = (sort, key) => {
  const firstWay = ["name", "certificate"].includes(key);
  if (sort.key !== key) return { key, up: firstWay };
  return sort.up === firstWay ? { key, up: !firstWay } : FIRST_SORT;
};
