// The overview's list. Rows off screen are skipped by the browser (content-visibility), a heartbeat bar is one path
// for each status, and a check changes one row. All text is text: nothing here makes HTML of it.
const ORDER = { DOWN: 0, FAILING: 0.5, DEGRADED: 1, PENDING: 2, UP: 3, UNKNOWN: 4, PAUSED: 5 };
const WORDS = { UP: "Up", DEGRADED: "Degraded", DOWN: "Down", UNKNOWN: "Unknown", PAUSED: "Paused", PENDING: "Checking …", FAILING: "Failing" };
const BEATS = 60;
const COLUMNS = [
  { key: "name", label: "Website" },
  { key: "beats", label: "Last 60 checks" },
  { key: "spark", label: "Response" },
  { key: "ms", label: "Now", number: true },
  { key: "day", label: "24 h", number: true },
  { key: "month", label: "30 d", number: true },
  { key: "at", label: "Checked", number: true },
];

const words = (seconds) => {
  if (seconds < 2) return "just now";
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]])
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
};
const milliseconds = (ms) =>
  ms == null ? "–" : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
const percent = (share) =>
  share == null ? "no data" : share >= 1 ? "100%" : `${(Math.floor(share * 10000) / 100).toFixed(2)}%`;

export default {
  template: `
    <div class="wl">
      <div class="wl-bar">
        <input class="ww-input wl-search" type="search" v-model="text" placeholder="Search name or URL" aria-label="Search websites">
        <div class="ww-segments" role="group" aria-label="Filter by status">
          <button v-for="choice in choices" :key="choice.key" type="button" :aria-pressed="filter === choice.key"
            @click="filter = choice.key">{{ choice.label }} <span class="ww-muted">{{ choice.count }}</span></button>
        </div>
        <div class="ww-grow"></div>
        <slot></slot>
      </div>
      <div class="ww-card wl-table" role="table" aria-label="Websites" :aria-rowcount="shown.length">
        <div class="wl-row wl-head" role="row">
          <span v-for="column in columns" :key="column.key" role="columnheader" :class="['wl-' + column.key, { 'ww-number': column.number }]"
            :aria-sort="sort.key === column.key ? (sort.up ? 'ascending' : 'descending') : 'none'">
            <button v-if="column.key !== 'beats' && column.key !== 'spark'" type="button" @click="order(column.key)">{{ column.label }}<i aria-hidden="true" v-if="sort.key === column.key">{{ sort.up ? " ↑" : " ↓" }}</i></button>
            <template v-else>{{ column.label }}</template>
          </span>
          <span role="columnheader" class="wl-do"><span class="ww-hidden">Debug</span></span>
        </div>
        <div v-for="row in shown" :key="row.id" class="wl-row" role="row" :class="'wl-is-' + row.status.toLowerCase()">
          <span role="cell" class="wl-name">
            <svg class="ww-shape" viewBox="0 0 12 12" aria-hidden="true">
              <circle v-if="row.status === 'UP'" cx="6" cy="6" r="4.5" fill="var(--ww-up)"/>
              <rect v-else-if="['DEGRADED', 'FAILING'].includes(row.status)" x="1.8" y="1.8" width="8.4" height="8.4" rx="1.6" fill="var(--ww-degraded)"/>
              <rect v-else-if="row.status === 'DOWN'" x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="var(--ww-down)" transform="rotate(45 6 6)"/>
              <path v-else-if="row.status === 'PAUSED'" d="M3.2 2h2v8h-2zM6.8 2h2v8h-2z" fill="var(--ww-muted)"/>
              <circle v-else cx="6" cy="6" r="3.6" fill="none" stroke="var(--ww-muted)" stroke-width="1.8"/>
            </svg>
            <a class="wl-link" :href="prefix + '/websites/' + row.id"><b>{{ row.name }}</b><small :title="row.url">{{ row.url }}</small></a>
          </span>
          <span role="cell" class="wl-beats"><svg :viewBox="'0 0 ' + beats * 5 + ' 20'" preserveAspectRatio="none" role="img" :aria-label="summary(row)">
            <path v-for="path in bars(row)" :key="path.kind" :d="path.d" :fill="path.fill"/></svg></span>
          <span role="cell" class="wl-spark"><svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path :d="spark(row)" fill="none" stroke="var(--ww-accent)" stroke-width="1.4" vector-effect="non-scaling-stroke"/></svg></span>
          <span role="cell" class="wl-ms ww-number"><b v-if="row.status !== 'UP'" :class="'wl-word'" :title="row.error || ''">{{ word(row.status) }}</b><template v-else>{{ ms(row.ms) }}</template></span>
          <span role="cell" class="wl-day ww-number" :class="shade(row.day)">{{ share(row.day) }}</span>
          <span role="cell" class="wl-month ww-number" :class="shade(row.month)">{{ share(row.month) }}</span>
          <span role="cell" class="wl-at ww-number">{{ checked(row) }}</span>
          <span role="cell" class="wl-do"><button type="button" class="ww-icon-button" :disabled="!!unavailable" :title="unavailable || 'Start debug session'"
            :aria-label="'Start debug session of ' + row.name" @click="$emit('start', row.id)">
            <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/><circle cx="8" cy="8" r="2.6" fill="currentColor"/></svg></button></span>
        </div>
        <p v-if="!shown.length" class="ww-table-empty">No website matches. <button type="button" class="wl-clear" @click="text = ''; filter = 'ALL'">Show all</button></p>
      </div>
    </div>`,
  props: { rows: Array, unavailable: String },
  data() {
    const prefix = window.path_prefix ?? "";
    return { all: new Map(this.rows.map((row) => [row.id, row])), text: "", filter: "ALL", sort: { key: "status", up: true }, now: Date.now(), columns: COLUMNS, beats: BEATS, prefix };
  },
  computed: {
    counts() {
      const counts = { ALL: this.all.size };
      for (const row of this.all.values()) counts[row.status] = (counts[row.status] ?? 0) + 1;
      return counts;
    },
    choices() {
      const kinds = ["DOWN", "DEGRADED", "UP", "PAUSED"].filter((key) => this.counts[key]);
      return [{ key: "ALL", label: "All" }, ...kinds.map((key) => ({ key, label: WORDS[key] }))].map((choice) => ({ ...choice, count: this.counts[choice.key] ?? 0 }));
    },
    shown() {
      const wanted = this.text.trim().toLowerCase();
      const rows = [...this.all.values()].filter((row) =>
        (this.filter === "ALL" || row.status === this.filter) && (!wanted || row.name.toLowerCase().includes(wanted) || row.url.toLowerCase().includes(wanted)));
      const { key, up } = this.sort;
      const value = (row) => (key === "status" ? ORDER[row.status] : key === "name" ? row.name.toLowerCase() : row[key] ?? -1);
      const byName = (a, b) => a.name.localeCompare(b.name) || a.id - b.id;
      return rows.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * (up ? 1 : -1) || byName(a, b));
    },
  },
  mounted() {
    this.clock = setInterval(() => (this.now = Date.now()), 1000);
  },
  beforeUnmount() {
    clearInterval(this.clock);
  },
  methods: {
    change(rows, removed) {
      for (const id of removed) this.all.delete(id);
      for (const row of rows) this.all.set(row.id, row);
      this.now = Date.now();
    },
    order(key) {
      if (this.sort.key !== key) this.sort = { key, up: key === "name" };
      else if (this.sort.up === (key === "name")) this.sort = { key, up: !this.sort.up };
      else this.sort = { key: "status", up: true };
    },
    bars(row) {
      const kinds = { u: ["", "var(--ww-up)"], g: ["", "var(--ww-degraded)"], d: ["", "var(--ww-down)"], x: ["", "var(--ww-nodata)"] };
      const missing = this.beats - row.beats.length;
      for (let slot = 0; slot < this.beats; slot++) {
        const beat = row.beats[slot - missing];
        const [y, height] = beat ? [0, 20] : [7, 6];
        kinds[beat ?? "x"][0] += `M${slot * 5 + 0.7} ${y}h3.6v${height}h-3.6z`;
      }
      return Object.entries(kinds).filter(([, [d]]) => d).map(([kind, [d, fill]]) => ({ kind, d, fill }));
    },
    spark(row) {
      const known = row.spark.filter((ms) => ms != null);
      if (known.length < 2) return "";
      const top = Math.max(...known) || 1;
      const step = 100 / (row.spark.length - 1);
      let pen = "M";
      return row.spark.map((ms, index) => {
        if (ms == null) { pen = "M"; return ""; }
        const point = `${pen}${(index * step).toFixed(1)} ${(22 - (ms / top) * 19).toFixed(1)}`;
        pen = "L";
        return point;
      }).join("");
    },
    summary(row) {
      const count = (letter) => row.beats.split(letter).length - 1;
      return `${row.beats.length} checks: ${count("u")} up, ${count("g")} degraded, ${count("d")} down`;
    },
    checked(row) {
      if (row.status === "DOWN" && row.since) return `for ${words((this.now - row.since) / 1000).replace("just now", "1 s")}`;
      if (row.at == null) return "–";
      const text = words(Math.max(0, (this.now - row.at) / 1000));
      return text === "just now" ? text : `${text} ago`;
    },
    word: (status) => WORDS[status],
    ms: milliseconds,
    share: percent,
    shade: (share) => (share == null ? "ww-muted" : share < 0.99 ? "ww-is-down-text" : share < 0.999 ? "ww-is-degraded-text" : ""),
  },
};
