// The overview: headline, counts and list. Only the rows on screen are in the document, a heartbeat bar is one path for
// each status, and a check changes one row. All text is text: nothing here makes HTML of it.
const ORDER = { DOWN: 0, FAILING: 0.5, DEGRADED: 1, PENDING: 2, UP: 3, UNKNOWN: 4, PAUSED: 5 };
const WORDS = { UP: "Up", DEGRADED: "Degraded", DOWN: "Down", UNKNOWN: "Unknown", PAUSED: "Paused", PENDING: "Checking …", FAILING: "Failing" };
const FILLS = { u: "var(--ww-up)", g: "var(--ww-degraded)", d: "var(--ww-down)", x: "var(--ww-nodata)" };
const BEATS = 60;
const SPARKS = 30;
const LEVELS = 35; // of a sparkline, as row.py counts them
const UNDO_MS = 8000;
const HEIGHTS = { comfortable: 52, compact: 36 };
const NARROW = "(max-width: 640px)";
const NARROW_HEIGHT = 76;
const MARGIN = 8; // rows kept ready above and below the screen
const COLUMNS = [
  { key: "name", label: "Website" },
  { key: "beats", label: "Last 60 checks" },
  { key: "spark", label: "Response" },
  { key: "ms", label: "Now", number: true },
  { key: "day", label: "24 h", number: true },
  { key: "month", label: "30 d", number: true },
  { key: "at", label: "Checked", number: true },
];
const collator = new Intl.Collator(undefined, { numeric: true });

const words = (seconds) => {
  if (seconds < 2) return "just now";
  for (const [size, unit] of [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]])
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
};
const milliseconds = (ms) =>
  ms == null ? "–" : ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
const percent = (share) => (share == null ? "no data" : share >= 10000 ? "100%" : `${(share / 100).toFixed(2)}%`);
const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const bars = (beats) => {
  const paths = {};
  const missing = BEATS - beats.length;
  for (let slot = 0; slot < BEATS; slot++) {
    const beat = beats[slot - missing];
    const [y, height] = beat ? [0, 20] : [7, 6];
    paths[beat ?? "x"] = (paths[beat ?? "x"] ?? "") + `M${slot * 5 + 0.7} ${y}h3.6v${height}h-3.6z`;
  }
  return Object.entries(paths).map(([kind, d]) => ({ kind, d, fill: FILLS[kind] }));
};
const spark = (answers) => {
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
const pictures = new WeakMap(); // drawn when a row comes on screen: most of a thousand never do
const picture = (row) => {
  if (!pictures.has(row)) pictures.set(row, { bars: bars(row.beats), line: spark(row.answers) });
  return pictures.get(row);
};
const now = ([status, ms, error, day, month, at, since]) => ({ status, ms, error, day, month, at, since });
const whole = ([id, name, url, tags, runs, levels, top, ...rest]) => Object.freeze({
  id, name, url, tags, key: `${name}\n${url}\n${tags.join(" ")}`.toLowerCase(),
  beats: runs.replace(/([a-z])(\d+)/g, (_, letter, count) => letter.repeat(count)),
  answers: [...levels].map((level) => (level === "-" ? null : (parseInt(level, 36) / LEVELS) * top)),
  ...now(rest),
});
const checked = (row, [, letter, ...rest]) => {
  const fresh = now(rest);
  return Object.freeze({
    ...row, ...fresh,
    beats: (row.beats + letter).slice(-BEATS),
    answers: [...row.answers, letter === "d" ? null : fresh.ms].slice(-SPARKS),
  });
};

export default {
  template: `
    <div class="wl" :class="'wl-' + density">
      <div class="wl-headline">
        <h1>{{ headline }}</h1><span class="ww-muted">{{ subline }}</span>
      </div>
      <section class="ww-stats" aria-label="Summary">
        <div v-for="card in cards" :key="card.label" class="ww-card ww-stat">
          <div class="ww-stat-label"><wl-shape v-if="card.status" :status="card.status"/><span>{{ card.label }}</span></div>
          <div class="ww-stat-value"><span :class="card.tone">{{ card.value }}</span><small v-if="card.unit"> {{ card.unit }}</small></div>
          <div class="ww-stat-note">{{ card.note }}</div>
        </div>
      </section>
      <div class="wl-bar">
        <input class="ww-input wl-search" type="search" v-model="text" placeholder="Search name, URL or tag" aria-label="Search websites">
        <div class="ww-segments" role="group" aria-label="Filter by status">
          <button v-for="choice in choices" :key="choice.key" type="button" :aria-pressed="String(filter === choice.key)"
            @click="filter = choice.key">{{ choice.label }} <span class="ww-muted">{{ choice.count }}</span></button>
        </div>
        <select v-if="tags.length" class="ww-select wl-tags" v-model="tag" aria-label="Filter by tag">
          <option value="">All tags</option><option v-for="name in tags" :key="name">{{ name }}</option>
        </select>
        <div class="ww-grow"></div>
        <span class="wl-legend" aria-hidden="true"><i style="background: var(--ww-up)"></i>Up <i style="background: var(--ww-degraded)"></i>Degraded
          <i style="background: var(--ww-down)"></i>Down <i style="background: var(--ww-nodata)"></i>No data</span>
        <button type="button" class="ww-icon-button" :aria-pressed="String(density === 'compact')" title="Compact rows" aria-label="Compact rows" @click="squeeze">
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" stroke-width="1.5"/></svg></button>
        <slot></slot>
      </div>
      <div v-if="selected.size || doomed.size" class="ww-card wl-selected" role="status">
        <template v-if="doomed.size"><span>{{ count(doomed.size) }} will be deleted, with all that was recorded.</span>
          <button type="button" class="ww-button" @click="undo">Undo</button></template>
        <template v-else><span>{{ selected.size }} selected</span>
          <button type="button" class="ww-button" @click="act('pause')">Pause</button>
          <button type="button" class="ww-button" @click="act('resume')">Resume</button>
          <button type="button" class="ww-button" @click="doom">Delete</button>
          <button type="button" class="ww-button" @click="selected = new Set()">Clear</button></template>
      </div>
      <div class="ww-card wl-table" role="table" aria-label="Websites" :aria-rowcount="shown.length + 1">
        <div role="rowgroup">
          <div class="wl-row wl-head" role="row" aria-rowindex="1">
            <span role="columnheader" class="wl-pick"><input type="checkbox" aria-label="Select all shown" :checked="allPicked" @change="pickAll"></span>
            <span v-for="column in columns" :key="column.key" role="columnheader" :class="['wl-' + column.key, { 'ww-number': column.number }]"
              :aria-sort="sort.key === column.key ? (sort.up ? 'ascending' : 'descending') : 'none'">
              <button v-if="column.key !== 'beats' && column.key !== 'spark'" type="button" @click="order(column.key)">{{ column.label }}<i aria-hidden="true" v-if="sort.key === column.key">{{ sort.up ? " ↑" : " ↓" }}</i></button>
              <template v-else>{{ column.label }}</template>
            </span>
            <span role="columnheader" class="wl-do"><span class="ww-hidden">Debug</span></span>
          </div>
        </div>
        <div ref="body" role="rowgroup" :style="{ paddingTop: first * height + 'px', paddingBottom: after + 'px' }">
          <div v-for="(row, index) in visible" :key="row.id" class="wl-row" role="row" :aria-rowindex="first + index + 2" :style="{ height: height + 'px' }"
            :class="'wl-is-' + row.status.toLowerCase()">
            <span role="cell" class="wl-pick"><input type="checkbox" :aria-label="'Select ' + row.name" :checked="selected.has(row.id)" @change="pick(row.id)"></span>
            <span role="cell" class="wl-name"><wl-shape :status="row.status"/>
              <a class="wl-link" :href="prefix + '/websites/' + row.id"><b>{{ row.name }}</b><small :title="row.url">{{ row.url }}</small></a>
              <em v-for="name in row.tags" :key="name" class="wl-tag">{{ name }}</em>
            </span>
            <span role="cell" class="wl-beats"><svg viewBox="0 0 300 20" preserveAspectRatio="none" role="img" :aria-label="summary(row)">
              <path v-for="path in picture(row).bars" :key="path.kind" :d="path.d" :fill="path.fill"/></svg></span>
            <span role="cell" class="wl-spark"><svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path :d="picture(row).line" fill="none" stroke="var(--ww-accent)" stroke-width="1.4" vector-effect="non-scaling-stroke"/></svg></span>
            <span role="cell" class="wl-ms ww-number"><b v-if="row.status !== 'UP'" class="wl-word" :title="row.error || ''">{{ word(row.status) }}</b><template v-else>{{ ms(row.ms) }}</template></span>
            <span role="cell" class="wl-day ww-number" :class="shade(row.day)">{{ share(row.day) }}</span>
            <span role="cell" class="wl-month ww-number" :class="shade(row.month)">{{ share(row.month) }}</span>
            <span role="cell" class="wl-at ww-number">{{ when(row) }}</span>
            <span role="cell" class="wl-do"><button type="button" class="ww-icon-button" :disabled="!!unavailable" :title="unavailable || 'Start debug session'"
              :aria-label="'Start debug session of ' + row.name" @click="$emit('start', row.id)">
              <svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.4"/><circle cx="8" cy="8" r="2.6" fill="currentColor"/></svg></button></span>
          </div>
        </div>
      </div>
      <p v-if="!shown.length" class="ww-table-empty">No website matches. <button type="button" class="wl-clear" @click="text = ''; filter = 'ALL'; tag = ''">Show all</button></p>
    </div>`,
  components: {
    "wl-shape": {
      props: { status: String },
      template: `<svg class="ww-shape" viewBox="0 0 12 12" aria-hidden="true">
        <circle v-if="status === 'UP'" cx="6" cy="6" r="4.5" fill="var(--ww-up)"/>
        <rect v-else-if="status === 'DEGRADED' || status === 'FAILING'" x="1.8" y="1.8" width="8.4" height="8.4" rx="1.6" fill="var(--ww-degraded)"/>
        <rect v-else-if="status === 'DOWN'" x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="var(--ww-down)" transform="rotate(45 6 6)"/>
        <path v-else-if="status === 'PAUSED'" d="M3.2 2h2v8h-2zM6.8 2h2v8h-2z" fill="var(--ww-muted)"/>
        <circle v-else cx="6" cy="6" r="3.6" fill="none" stroke="var(--ww-muted)" stroke-width="1.8"/></svg>`,
    },
  },
  props: { rows: Array, unavailable: String },
  data() {
    const asked = new URLSearchParams(location.search);
    const rows = JSON.parse(JSON.stringify(this.rows)); // plain values: a thousand observed rows would cost more than drawing them
    return {
      all: Object.freeze(new Map(rows.map((row) => [row[0], whole(row)]))),
      text: asked.get("q") ?? "", filter: asked.get("status") ?? "ALL", tag: asked.get("tag") ?? "",
      sort: { key: "status", up: true }, density: localStorage.getItem("ww-density") === "compact" ? "compact" : "comfortable",
      narrow: matchMedia(NARROW).matches, first: 0, screenful: 30, now: Date.now(), selected: new Set(), doomed: new Set(),
      columns: COLUMNS, prefix: window.path_prefix ?? "",
    };
  },
  computed: {
    living() {
      return [...this.all.values()].filter((row) => !this.doomed.has(row.id));
    },
    counts() {
      const counts = { ALL: this.living.length };
      for (const row of this.living) counts[row.status] = (counts[row.status] ?? 0) + 1;
      return counts;
    },
    downSince() {
      return Math.min(...this.living.filter((row) => row.status === "DOWN" && row.since).map((row) => row.since));
    },
    headline() {
      const { ALL, DOWN = 0, DEGRADED = 0, FAILING = 0, PAUSED = 0, PENDING = 0 } = this.counts;
      if (DOWN === 1) return `${this.living.find((row) => row.status === "DOWN").name} is down`;
      if (DOWN) return `${DOWN} websites are down`;
      if (FAILING) return `${plural(FAILING, "website")} failing`;
      if (DEGRADED) return `${plural(DEGRADED, "website")} degraded`;
      if (PAUSED === ALL) return "Everything is paused";
      if (PENDING === ALL) return "Checking for the first time …";
      return ALL === 1 ? "Your website is up" : `All ${ALL - PAUSED} websites are up`;
    },
    subline() {
      return this.counts.DOWN ? `the longest for ${words(this.now / 1000 - this.downSince)}` : "";
    },
    cards() {
      const counted = (key, note, tone) => ({ label: WORDS[key], status: key, value: this.counts[key] ?? 0, note, tone: this.counts[key] ? tone : "" });
      const shares = this.living.map((row) => row.month).filter((share) => share != null);
      const answers = this.living.filter((row) => row.ms != null && !["DOWN", "PAUSED"].includes(row.status)).map((row) => row.ms).sort((a, b) => a - b);
      const mean = shares.length ? Math.floor(shares.reduce((sum, share) => sum + share, 0) / shares.length) : null;
      return [
        counted("DOWN", this.counts.DOWN ? this.subline : "nothing is down", "ww-is-down-text"),
        counted("DEGRADED", "slower than they should be", "ww-is-degraded-text"),
        counted("UP", `of ${plural(this.counts.ALL, "website")}`),
        counted("PAUSED", "by a person"),
        { label: "Uptime, 30 d", value: mean == null ? "–" : percent(mean).replace("%", ""), unit: mean == null ? "" : "%", note: mean == null ? "no data yet" : "mean of all websites" },
        { label: "Median response", value: answers.length ? Math.round(answers[answers.length >> 1]) : "–", unit: answers.length ? "ms" : "", note: "of the last checks" },
      ];
    },
    choices() {
      const kinds = ["DOWN", "DEGRADED", "UP", "PAUSED"].filter((key) => this.counts[key] || this.filter === key);
      return [{ key: "ALL", label: "All" }, ...kinds.map((key) => ({ key, label: WORDS[key] }))].map((choice) => ({ ...choice, count: this.counts[choice.key] ?? 0 }));
    },
    tags() {
      return [...new Set(this.living.flatMap((row) => row.tags))].sort(collator.compare);
    },
    shown() {
      const wanted = this.text.trim().toLowerCase();
      const rows = this.living.filter((row) =>
        (this.filter === "ALL" || row.status === this.filter) && (!this.tag || row.tags.includes(this.tag)) && (!wanted || row.key.includes(wanted)));
      const { key, up } = this.sort;
      const value = (row) => (key === "status" ? ORDER[row.status] : key === "name" ? 0 : row[key] ?? -1);
      const byName = (a, b) => collator.compare(a.name, b.name) || a.id - b.id;
      return rows.sort((a, b) => (value(a) - value(b) || (key === "name" ? byName(a, b) : 0)) * (up ? 1 : -1) || byName(a, b));
    },
    height() {
      return this.narrow ? NARROW_HEIGHT : HEIGHTS[this.density];
    },
    visible() {
      return this.shown.slice(this.first, this.first + this.screenful);
    },
    after() {
      return Math.max(0, this.shown.length - this.first - this.visible.length) * this.height;
    },
    allPicked() {
      return this.shown.length > 0 && this.shown.every((row) => this.selected.has(row.id));
    },
  },
  watch: {
    text: "remember", filter: "remember", tag: "remember",
    shown() { this.$nextTick(this.look); },
    height() { this.$nextTick(this.look); },
    counts: { handler: "announce", immediate: true },
  },
  mounted() {
    this.clock = setInterval(() => (this.now = Date.now()), 1000);
    this.media = matchMedia(NARROW);
    this.onMedia = () => (this.narrow = this.media.matches);
    this.media.addEventListener("change", this.onMedia);
    this.onScroll = () => { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.look(); }); };
    addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("resize", this.onScroll);
    this.look();
  },
  beforeUnmount() {
    clearInterval(this.clock);
    clearTimeout(this.doom_timer);
    this.media.removeEventListener("change", this.onMedia);
    removeEventListener("scroll", this.onScroll);
    removeEventListener("resize", this.onScroll);
  },
  methods: {
    change(rows, checks, removed) {
      const all = new Map(this.all);
      for (const id of removed) all.delete(id);
      for (const row of rows) all.set(row[0], whole(row));
      for (const check of checks) if (all.has(check[0])) all.set(check[0], checked(all.get(check[0]), check));
      this.all = Object.freeze(all);
      this.now = Date.now();
    },
    look() {
      if (!this.$refs.body) return;
      const top = this.$refs.body.getBoundingClientRect().top;
      this.screenful = Math.ceil(innerHeight / this.height) + 2 * MARGIN;
      this.first = Math.max(0, Math.min(Math.floor(-top / this.height) - MARGIN, this.shown.length - this.screenful));
    },
    announce() {
      const down = this.counts.DOWN ?? 0;
      document.title = `${down ? `(${down} down) ` : ""}Overview · Watchwright`;
      for (const link of document.querySelectorAll("link[rel~=icon]")) {
        const wanted = `${this.prefix}/static/${down ? "favicon-down" : "favicon"}.svg`;
        if (link.getAttribute("href") !== wanted) link.setAttribute("href", wanted);
      }
    },
    remember() {
      const asked = new URLSearchParams();
      if (this.text) asked.set("q", this.text);
      if (this.filter !== "ALL") asked.set("status", this.filter);
      if (this.tag) asked.set("tag", this.tag);
      history.replaceState(history.state, "", location.pathname + (asked.size ? `?${asked}` : ""));
    },
    order(key) {
      if (this.sort.key !== key) this.sort = { key, up: key === "name" };
      else if (this.sort.up === (key === "name")) this.sort = { key, up: !this.sort.up };
      else this.sort = { key: "status", up: true };
    },
    squeeze() {
      this.density = this.density === "compact" ? "comfortable" : "compact";
      localStorage.setItem("ww-density", this.density);
    },
    pick(id) {
      const selected = new Set(this.selected);
      if (!selected.delete(id)) selected.add(id);
      this.selected = selected;
    },
    pickAll() {
      this.selected = this.allPicked ? new Set() : new Set(this.shown.map((row) => row.id));
    },
    act(action) {
      this.$emit("act", { action, ids: [...this.selected] });
      this.selected = new Set();
    },
    doom() {
      this.doomed = this.selected;
      this.selected = new Set();
      this.doom_timer = setTimeout(() => {
        this.$emit("act", { action: "delete", ids: [...this.doomed] });
        for (const id of this.doomed) this.change([], [], [id]);
        this.doomed = new Set();
      }, UNDO_MS);
    },
    undo() {
      clearTimeout(this.doom_timer);
      this.doomed = new Set();
    },
    summary(row) {
      const count = (letter) => row.beats.split(letter).length - 1;
      return `${row.beats.length} checks: ${count("u")} up, ${count("g")} degraded, ${count("d")} down`;
    },
    when(row) {
      if (row.status === "DOWN" && row.since) return `for ${words(Math.max(1, this.now / 1000 - row.since)).replace("just now", "1 s")}`;
      if (row.at == null) return "–";
      const text = words(Math.max(0, this.now / 1000 - row.at));
      return text === "just now" ? text : `${text} ago`;
    },
    picture,
    count: (number) => plural(number, "website"),
    word: (status) => WORDS[status],
    ms: milliseconds,
    share: percent,
    shade: (share) => (share == null ? "ww-muted" : share < 9900 ? "ww-is-down-text" : share < 9990 ? "ww-is-degraded-text" : ""),
  },
};
