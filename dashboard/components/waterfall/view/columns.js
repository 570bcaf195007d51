// The table's columns. A column is a title and a function of the row.
import { formatBytes, formatMs } from "./time.js";
import { initiatorPlace, parts } from "./model.js";

const TYPE_WORDS = { document: "doc", stylesheet: "css", script: "js", image: "img", texttrack: "track", eventsource: "sse", websocket: "ws" };

export const COLUMNS = [
  { id: "name", title: "Name", width: 0, min: 120, sort: (row) => row.name.toLowerCase() },
  { id: "method", title: "Method", width: 78, text: (row) => row.method, sort: (row) => row.method },
  { id: "status", title: "Status", width: 72, text: statusWord, sort: (row) => row.status || 999 },
  { id: "type", title: "Type", width: 74, text: (row) => TYPE_WORDS[row.type] ?? row.type, sort: (row) => row.type },
  { id: "protocol", title: "Protocol", width: 70, isHidden: true, text: (row) => row.protocol, sort: (row) => row.protocol },
  { id: "domain", title: "Domain", width: 140, isHidden: true, text: (row) => row.host, sort: (row) => row.host },
  { id: "remote", title: "Address", width: 130, isHidden: true, text: (row) => row.remote, sort: (row) => row.remote },
  { id: "initiator", title: "Initiator", width: 120, isHidden: true, text: initiatorWord, sort: (row) => row.initiator },
  { id: "mime", title: "MIME type", width: 130, isHidden: true, text: (row) => row.mime, sort: (row) => row.mime },
  { id: "priority", title: "Priority", width: 72, isHidden: true, text: (row) => row.priority, sort: priorityRank },
  { id: "size", title: "Size", width: 76, isRight: true, text: sizeWord, sort: (row) => row.encoded },
  { id: "decoded", title: "Resource", width: 76, isRight: true, isHidden: true, text: (row) => formatBytes(row.decoded), sort: (row) => row.decoded },
  { id: "start", title: "Start", width: 72, isRight: true, isHidden: true, text: (row) => formatMs(row.start), sort: (row) => row.start },
  { id: "time", title: "Time", width: 72, isRight: true, text: (row) => (row.outcome === 0 ? "…" : formatMs(row.duration)), sort: (row) => row.duration },
];

/** Returns a status code, or a word if there is none. */
export function statusWord(row) {
  if (row.status) return String(row.status);
  if (row.outcome === 0) return "pending";
  if (row.outcome === 4) return "timeout";
  if (row.outcome !== 3) return "";
  return /block/i.test(row.error) ? "blocked" : /abort|cancel/i.test(row.error) ? "canceled" : "failed";
}

/** Returns the CSS class of a status. */
export function statusClass(row) {
  if (row.failed) return "bad";
  if (row.status >= 300 || row.outcome === 0) return "quiet";
  return row.status ? "good" : "quiet";
}

function sizeWord(row) {
  if (row.cache) return row.cache === "service-worker" ? "worker" : "cache";
  return formatBytes(row.encoded);
}

function initiatorWord(row) {
  const place = initiatorPlace(row.initiator);
  if (!place.url) return place.type;
  return parts(place.url).name + (place.line === null ? "" : `:${place.line}`);
}

const PRIORITIES = ["VeryLow", "Low", "Medium", "High", "VeryHigh"];

function priorityRank(row) {
  return PRIORITIES.indexOf(row.priority);
}

/** Which columns are shown, and their widths: as the server stores them for the reader, else as this browser does. */
export class ColumnChoice {
  #key = "watchwright.waterfall.columns";

  /** *kept* is the server's choice, or null; *onKeep* gets each new choice. */
  constructor(kept = null, onKeep = () => {}) {
    this.onKeep = onKeep;
    this.#take({});
    try {
      this.#take(kept ?? JSON.parse(localStorage.getItem(this.#key) ?? "{}"));
    } catch {
      // unknown content, or storage is refused: use the defaults
    }
  }

  #take({ hidden, widths, tableShare }) {
    this.hidden = new Set(Array.isArray(hidden) ? hidden : COLUMNS.filter((column) => column.isHidden).map((column) => column.id));
    this.hidden.delete("name");
    this.widths = widths && typeof widths === "object" ? widths : {};
    this.tableShare = typeof tableShare === "number" ? Math.min(0.85, Math.max(0.15, tableShare)) : null; // the bars take the rest
  }

  /** The columns to show; a narrow list has room for three. */
  shown(isNarrow) {
    if (isNarrow) return COLUMNS.filter(({ id }) => ["name", "status", "time"].includes(id));
    return COLUMNS.filter(({ id }) => !this.hidden.has(id));
  }

  width(column) {
    return Math.max(40, this.widths[column.id] ?? column.width);
  }

  toggle(id) {
    if (!this.hidden.delete(id)) this.hidden.add(id);
    this.keep();
  }

  reset() {
    this.#take({});
    this.keep();
  }

  keep() {
    const choice = { hidden: [...this.hidden], widths: this.widths, tableShare: this.tableShare };
    this.onKeep(choice);
    try {
      localStorage.setItem(this.#key, JSON.stringify(choice));
    } catch {
      // storage is full or refused: the choice lasts until the page is closed
    }
  }
}
