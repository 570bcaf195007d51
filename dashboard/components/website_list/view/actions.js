// The actions on selected websites: their messages, and how to undo them for the websites that they changed.
import { plural } from "./words.js";

const CHANGES = {
  pause: (row) => row.status !== "PAUSED",
  resume: (row) => row.status === "PAUSED",
  check: () => false,
  tag: (row, tag) => !row.tags.includes(tag),
  untag: (row, tag) => row.tags.includes(tag),
};
const DONE_WORDS = {
  pause: (them) => `Paused ${them}.`,
  resume: (them) => `Resumed ${them}.`,
  check: (them) => `Checked ${them}.`,
  tag: (them, tag) => `Tagged ${them} “${tag}”.`,
  untag: (them, tag) => `Removed the tag “${tag}” from ${them}.`,
};
export const edited = (ids) => ({ words: `Changed ${plural(ids.length, "website")}.`, undo: { action: "revert", ids } });
const REVERSE = { pause: "resume", resume: "pause", tag: "untag", untag: "tag" };

export const actionOf = (action, rows, typed) => {
  const tag = typed.toLowerCase(); // as core/schemas/tag.py does
  const changed = rows.filter((row) => CHANGES[action](row, tag));
  const undo = REVERSE[action] && changed.length ? { action: REVERSE[action], ids: changed.map(({ id }) => id), tag } : null;
  return { action, ids: rows.map(({ id }) => id), tag, words: DONE_WORDS[action](plural(rows.length, "website"), tag), undo };
};

// The selection bar's text for screen readers, which only announce changes inside an existing element.
export const spoken = ({ working, deleting, said, selected }) => {
  if (working) return working;
  if (deleting.size) return `${plural(deleting.size, "website")} will be deleted with all recorded data.`;
  return [said?.words, selected.size && `${plural(selected.size, "website")} selected`].filter(Boolean).join(" ");
};
