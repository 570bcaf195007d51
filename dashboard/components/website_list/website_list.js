// The overview: headline, counts and list. Only visible rows are in the document. A heartbeat bar is one SVG with a path
// per status. A check redraws only its own row.
import {
  COLUMNS, ORDER, SHAPE, SPANS, TEMPLATE, WORDS, cards, certificate, checked, collator, counted, finding, foremost,
  headline, isolated, items, matching, milliseconds, moment, past, percent, picture, placeOf, plural, read, selecting,
  shade, since, sorted, spanned, tallied, toldApart, turn, turned, utc, when, whole, why, write,
} from "watchwright-website-list";

const HEIGHTS = { comfortable: 52, compact: 36 };
const HEAD_HEIGHT = 38;
const NARROW = "(max-width: 640px)";
const NARROW_HEIGHT = 82;
const WHY_HEIGHT = 16; // of the second line with the error, on narrow screens
const PRINTED = 2_000; // the most rows on paper
const MARGIN = 8; // rows rendered above and below the visible ones

export default {
  template: TEMPLATE,
  components: { "wl-shape": { props: { status: String }, template: SHAPE } },
  mixins: [spanned, selecting],
  emits: ["start", "act", "edit", "deleteTag", "spans"],
  props: { rows: String, unavailable: String, prefix: String },
  data() {
    const narrow = matchMedia(NARROW).matches;
    return {
      all: Object.freeze(new Map(JSON.parse(this.rows).map((row) => [row[0], whole(row)]))),
      ...read(location.search, [...COLUMNS.map(({ key }) => key), "status"]),
      density: localStorage.getItem("ww-density") === "compact" ? "compact" : "comfortable",
      narrow, first: 0, last: Math.ceil(innerHeight / (narrow ? NARROW_HEIGHT : HEIGHTS.comfortable)), now: Date.now(), news: "", cursor: null,
      columns: COLUMNS, spans: SPANS, certificate: Object.freeze(certificate),
    };
  },
  computed: {
    living() {
      return this.deleting.size ? [...this.all.values()].filter((row) => !this.deleting.has(row.id)) : [...this.all.values()];
    },
    called() {
      return toldApart(this.living);
    },
    counts() {
      return counted(this.living);
    },
    down() {
      const rows = this.living.filter((row) => row.status === "DOWN").sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
      return rows.map(({ id, since, ...row }) => ({ id, since, name: this.called(row) }));
    },
    downSince() {
      return this.down[0]?.since ?? null;
    },
    headline() {
      return headline(this);
    },
    subline() {
      return this.down.length > 1 ? `${isolated(this.down[0].name)} ${since(this.downSince, this.now)}` : since(this.downSince, this.now);
    },
    cards() {
      return cards(this);
    },
    choices() {
      const counts = counted(matching(this.living, { text: this.text, tag: this.tag, filter: "ALL" })); // how many each choice would show
      const kinds = Object.keys(ORDER).filter((key) => counts[key] || this.filter === key);
      return [{ key: "ALL", label: "All" }, ...kinds.map((key) => ({ key, label: WORDS[key] }))].map((choice) => ({ ...choice, count: counts[choice.key] ?? 0 }));
    },
    tags() {
      const chosen = this.tag ? [this.tag] : []; // even without websites, as it explains an empty list
      return [...new Set([...this.living.flatMap((row) => row.tags), ...chosen])].sort(collator.compare);
    },
    shown() {
      return sorted(matching(this.living, this), this.sort);
    },
    items() {
      return items(this.shown, this.isGrouped);
    },
    height() {
      return this.narrow ? NARROW_HEIGHT : HEIGHTS[this.density];
    },
    offsets() {
      const offsets = [0];
      for (const item of this.items) offsets.push(offsets.at(-1) + this.heightOf(item));
      return offsets;
    },
    visible() {
      return this.items.slice(this.first, this.last);
    },
    after() {
      return this.offsets.at(-1) - this.offsets[Math.min(this.last, this.items.length)];
    },
  },
  watch: {
    text: "remember", filter: "remember", tag: "remember", sort: "remember", isGrouped: "remember",
    span() { this.remember(); this.ask(); },
    offsets() { this.$nextTick(this.look); },
    counts: { handler: "announce", immediate: true },
    down(now, before) { this.news = turn(before, now) || this.news; },
  },
  mounted() {
    this.clock = setInterval(() => { this.now = Date.now(); if (this.span !== "checks") this.ask(); }, 1000);
    this.media = matchMedia(NARROW);
    this.onMedia = () => (this.narrow = this.media.matches);
    this.media.addEventListener("change", this.onMedia);
    this.onScroll = () => { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.look(); }); };
    addEventListener("scroll", this.onScroll, { passive: true });
    addEventListener("resize", this.onScroll);
    addEventListener("keydown", this.onPageKey);
    addEventListener("beforeprint", this.unroll);
    addEventListener("afterprint", this.roll);
    this.look();
  },
  beforeUnmount() {
    clearInterval(this.clock);
    this.media.removeEventListener("change", this.onMedia);
    removeEventListener("scroll", this.onScroll);
    removeEventListener("resize", this.onScroll);
    removeEventListener("keydown", this.onPageKey);
    removeEventListener("beforeprint", this.unroll);
    removeEventListener("afterprint", this.roll);
  },
  methods: {
    change(rows, checks, removed) {
      const all = new Map(this.all);
      const stale = [];
      for (const id of removed) all.delete(id);
      for (const row of rows) all.set(row[0], whole(row));
      for (const check of checks) {
        const was = all.get(check[0]);
        if (!was) continue;
        all.set(check[0], checked(was, check));
        if (was.status !== check[2]) stale.push(check[0]);
      }
      this.all = Object.freeze(all);
      this.now = Date.now();
      this.forget([...removed, ...rows.map(([id]) => id), ...stale]);
    },
    look() {
      if (!this.$refs.body || this.isPrinting) return; // updates must not unload rows while printing
      const top = this.$refs.body.getBoundingClientRect().top;
      this.first = Math.max(0, Math.min(placeOf(-top, this.offsets), this.items.length - 1) - MARGIN);
      this.last = Math.min(this.items.length, placeOf(innerHeight - top, this.offsets) + MARGIN + 1);
      if (this.span !== "checks") this.ask();
    },
    heightOf(item) {
      return item.head ? HEAD_HEIGHT : this.height + (this.narrow && why(item.row) ? WHY_HEIGHT : 0);
    },
    unroll() { // render all rows for printing
      this.isPrinting = true;
      [this.first, this.last] = [0, Math.min(this.items.length, PRINTED)];
    },
    roll() {
      this.isPrinting = false;
      this.look();
    },
    point({ currentTarget, clientX, clientY }, row) { // sets the row's only tooltip by the pointer's position
      const link = currentTarget.querySelector(".wl-link"); // it covers the whole row
      const cell = document.elementsFromPoint(clientX, clientY).find((it) => it !== link)?.closest("[role=cell]");
      const words = {
        "wl-name": () => [why(row), row.url].filter(Boolean).join("\n"), "wl-beats": () => this.beat(row, cell, clientX),
        "wl-certificate": () => certificate.expires(row.certificate), "wl-at": () => moment(row),
      };
      link.title = words[cell?.classList[0]]?.() ?? "";
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
      write(this);
    },
    order(key) {
      this.sort = turned(this.sort, key);
    },
    squeeze() {
      this.density = this.density === "compact" ? "comfortable" : "compact";
      localStorage.setItem("ww-density", this.density);
    },
    onPageKey(event) {
      if (!["f", "j", "k"].includes(event.key) || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog, [role=dialog], [contenteditable]")) return;
      event.preventDefault();
      if (event.key === "f") this.$refs.search.focus();
      else this.move(event.key === "j" ? 1 : -1);
    },
    onKey(event) { // on a row's link: arrows or j and k move, x selects, a goes to the actions, d starts a debug session
      if (event.ctrlKey || event.metaKey || event.altKey || !event.target.classList.contains("wl-link")) return;
      const item = this.items.find(({ key }) => key === this.cursor);
      const [down, up] = [() => this.move(1), () => this.move(-1)];
      const start = () => this.unavailable || this.$emit("start", item.row.id);
      const acts = { ArrowDown: down, j: down, ArrowUp: up, k: up, x: () => this.pick(item.row.id), a: this.goToActions, d: start };
      if (!item || !acts[event.key]) return;
      event.preventDefault();
      acts[event.key]();
    },
    async move(step) {
      let at = this.items.findIndex(({ key }) => key === this.cursor);
      at = at < 0 ? (step > 0 ? 0 : this.items.length - 1) : at + step;
      while (this.items[at]?.head) at += step;
      if (!this.items[at]) return;
      this.cursor = this.items[at].key;
      const top = this.$refs.body.getBoundingClientRect().top + this.offsets[at];
      const room = 120; // for the page's header and the list's
      const bottom = this.$refs.bar?.getBoundingClientRect().top ?? innerHeight;
      if (top < room) scrollBy(0, top - room);
      else if (top + this.height > bottom) scrollBy(0, Math.ceil(top + this.height - bottom));
      this.look();
      await this.$nextTick();
      this.focusRow();
    },
    focusRow() {
      this.$refs.body.querySelector(`[data-key="${CSS.escape(this.cursor)}"]`)?.focus({ preventScroll: true });
    },
    summary(row) {
      const letters = this.span === "checks" ? past(row).beats : this.buckets.get(row.id)?.letters ?? "";
      return tallied(letters, this.span === "checks" ? "checks" : "spans");
    },
    when(row) {
      return when(row, this.now);
    },
    why,
    utc,
    picture: (row) => picture(row, past(row)),
    count: (number) => plural(number, "website"),
    word: (status) => WORDS[status],
    ms: milliseconds,
    share: percent,
    drawnTags(row) {
      return foremost(row, this);
    },
    finds(row, name) {
      return finding(row, this).includes(name);
    },
    shade,
  },
};
