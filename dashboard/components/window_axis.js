// Lanes of marks over one time axis; the pointer and the arrow keys name the mark that they are at.
const LANES = { up: 0, degraded: 0, down: 0, unknown: 0, session: 1, told: 2, taken: 2 };
const NAMES = ["Checks", "Sessions", "Told"];
const HEIGHT = 26;

export default {
  template: `<div class="wa" tabindex="0" role="group" :aria-label="label" @keydown.left.prevent="step(-1)" @keydown.right.prevent="step(1)" @keydown.enter="go" @blur="at = null">
    <div v-for="(name, lane) in names" class="wa-lane" :key="name"><span class="ww-muted">{{ name }}</span>
      <div class="wa-line"><i class="wa-window" :style="shade"></i>
        <component v-for="(mark, n) in lanes[lane]" :is="mark.href ? 'a' : 'i'" :key="n" :href="mark.href || undefined" tabindex="-1"
          :class="['wa-mark', 'wa-' + mark.kind, { 'wa-at': mark === marks[at] }]" :style="{ left: place(mark.at) + '%' }" :title="words(mark)"></component>
      </div></div>
    <div class="wa-lane wa-times"><span></span><div class="wa-line"><time v-for="tick in ticks" :key="tick" :style="{ left: place(tick) + '%' }">{{ clock(tick) }}</time></div></div>
    <div class="wa-words ww-muted" role="status">{{ at == null ? "" : words(marks[at]) }}</div>
  </div>`,
  props: { span: Array, window: Array, marks: Array },
  data: () => ({ at: null }),
  computed: {
    names() { return NAMES.filter((_, lane) => this.marks.some((mark) => LANES[mark.kind] === lane)); },
    lanes() { return this.names.map((name) => this.marks.filter((mark) => NAMES[LANES[mark.kind]] === name)); },
    shade() {
      const left = this.place(this.window[0]);
      return { left: left + "%", width: Math.max(this.place(this.window[1] ?? this.span[1]) - left, 0.3) + "%" };
    },
    ticks() {
      const [first, last] = this.span;
      return [0.02, 0.26, 0.5, 0.74].map((share) => first + (last - first) * share);
    },
    label() { return `${this.marks.length} events on a time axis; use the arrow keys to go through them`; },
  },
  methods: {
    place(at) { return Math.min(Math.max(((at - this.span[0]) / (this.span[1] - this.span[0])) * 100, 0), 100); },
    clock(at) {
      const long = this.span[1] - this.span[0] > 864e5;
      return new Date(at).toLocaleString(undefined, { ...(long ? { day: "numeric", month: "short" } : {}), hour: "2-digit", hourCycle: "h23", minute: "2-digit", ...(long ? {} : { second: "2-digit" }) });
    },
    words(mark) { return `${new Date(mark.at).toLocaleString(undefined, { hourCycle: "h23" })} · ${mark.words}`; },
    step(by) { this.at = Math.min(Math.max((this.at ?? (by > 0 ? -1 : this.marks.length)) + by, 0), this.marks.length - 1); },
    go() { if (this.at != null && this.marks[this.at].href) location.assign(this.marks[this.at].href); },
  },
};
