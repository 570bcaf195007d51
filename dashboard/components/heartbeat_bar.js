// The heartbeat bar as one SVG with a path per status. Pointer and arrow keys select a check and show its text.
const FILLS = { UP: "var(--ww-up)", DEGRADED: "var(--ww-degraded)", DOWN: "var(--ww-down)", UNKNOWN: "var(--ww-nodata)" };
const STEP = 10;
const HEIGHT = 30;
const TOPS = { UP: 0, DEGRADED: 5, DOWN: 0, UNKNOWN: 10 }; // heights differ, so that status does not rest on colour alone

export default {
  template: `<div class="hb" tabindex="0" role="group" :aria-label="label" @pointermove="point" @pointerleave="at = null"
      @keydown.left.prevent="step(-1)" @keydown.right.prevent="step(1)" @keydown.esc="at = null" @blur="at = null">
    <svg :viewBox="'0 0 ' + slots * 10 + ' 30'" preserveAspectRatio="none" aria-hidden="true">
      <path v-for="path in paths" :key="path.status" :d="path.d" :fill="path.fill"/>
      <path v-if="at != null" :d="'M' + at * 10 + ' 0h9v30h-9z'" fill="none" stroke="var(--ww-text)" stroke-width="1" vector-effect="non-scaling-stroke"/>
    </svg>
    <div class="hb-words"><span role="status">{{ beat ? time(beat.at) + " · " + beat.words : "" }}</span><template v-if="!beat">{{ hint }}</template></div>
  </div>`,
  props: { first: Array, slots: Number, words: String },
  data() {
    return { beats: this.first, label: this.words, at: null };
  },
  computed: {
    missing() { return this.slots - this.beats.length; },
    beat() { return this.at == null ? null : this.beats[this.at - this.missing]; },
    hint() { return this.beats.length ? `Since ${this.time(this.beats[0].at)}` : ""; },
    paths() {
      const paths = {};
      for (let slot = 0; slot < this.slots; slot++) {
        const status = this.beats[slot - this.missing]?.status ?? "NONE";
        const top = TOPS[status] ?? 12;
        const height = status === "UNKNOWN" || status === "NONE" ? HEIGHT - 2 * top : HEIGHT - top;
        paths[status] = (paths[status] ?? "") + `M${slot * STEP + 1.2} ${top}h7.4v${height}h-7.4z`;
      }
      return Object.entries(paths).map(([status, d]) => ({ status, d, fill: FILLS[status] ?? FILLS.UNKNOWN }));
    },
  },
  methods: {
    show(beats, label) {
      this.beats = beats;
      this.label = label;
    },
    point(event) {
      const box = this.$el.getBoundingClientRect();
      const slot = Math.floor(((event.clientX - box.left) / box.width) * this.slots);
      this.at = slot >= this.missing && slot < this.slots ? slot : null;
    },
    step(by) {
      this.at = Math.min(Math.max((this.at ?? this.slots) + by, this.missing), this.slots - 1);
    },
    time: (at) => wwMoment(at),
  },
};
