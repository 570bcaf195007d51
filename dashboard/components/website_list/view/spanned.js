// The bars of the chosen span: the last checks, or buckets that are requested as rows become visible. A mixin of the list.
import { SPANS } from "./address.js";
import { SLOTS, bars, slotWords } from "./picture.js";
import { past, runs } from "./rows.js";
import { clock } from "./words.js";

const ASK_MS = 60; // rows that become visible within this time are requested together
const FRESH_MS = 60_000; // age from which buckets are requested again

export const spanned = {
  data() {
    return { buckets: Object.freeze(new Map()) };
  },
  beforeUnmount() {
    clearTimeout(this.askTimer);
  },
  computed: {
    spanLabel() {
      return this.span === "checks" ? "Last 60 checks" : `Last ${SPANS.find(({ key }) => key === this.span).label}`;
    },
  },
  methods: {
    ask() { // requests the buckets of visible rows that are missing or too old
      clearTimeout(this.askTimer);
      if (this.span === "checks") return;
      this.askTimer = setTimeout(() => {
        const wanted = this.visible.filter(({ row }) => row && !(this.buckets.get(row.id)?.span === this.span && this.buckets.get(row.id).until > Date.now() - FRESH_MS));
        const ids = [...new Set(wanted.map(({ row }) => row.id))];
        if (ids.length && (this.asked !== `${this.span} ${ids}` || this.askedAt < Date.now() - 2000)) {
          this.asked = `${this.span} ${ids}`;
          this.askedAt = Date.now();
          this.$emit("spans", { span: this.span, ids });
        }
      }, ASK_MS);
    },
    fill(span, until, told) {
      const buckets = new Map(this.buckets);
      for (const [id, letters] of told) { const all = runs(letters); buckets.set(id, { span, until: until * 1000, letters: all, bars: bars(all) }); }
      this.buckets = Object.freeze(buckets);
    },
    forget(ids) {
      if (!ids.some((id) => this.buckets.has(id))) return;
      const buckets = new Map(this.buckets);
      for (const id of ids) if (buckets.has(id)) buckets.set(id, { ...buckets.get(id), until: 0 });
      this.buckets = Object.freeze(buckets);
      this.asked = null;
      this.ask();
    },
    drawn(row) {
      if (this.span === "checks") return this.picture(row).bars;
      const known = this.buckets.get(row.id);
      return known?.span === this.span ? known.bars : bars("");
    },
    beat(row, cell, x) {
      const box = cell.firstElementChild.getBoundingClientRect();
      const fraction = (x - box.left) / box.width;
      const known = this.buckets.get(row.id);
      const { seconds } = SPANS.find(({ key }) => key === this.span);
      const bucket = seconds && ((slot) => clock(Date.now() / 1000 - seconds * (1 - slot / SLOTS), true));
      return slotWords(seconds ? known?.letters ?? "" : past(row).beats, fraction, bucket);
    },
  },
};
