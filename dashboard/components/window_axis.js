// The time axis of a downtime window, with a lane per kind of mark. Pointer and arrow keys select a mark and show its text.
const LANES = { up: 0, degraded: 0, down: 0, unknown: 0, session: 1, notified: 2, acknowledged: 2 };
const NAMES = ["Checks", "Sessions", "Notified"];
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS = [1, 2, 5, 10, 15, 30].flatMap((n) => [n * SECOND, n * MINUTE]).concat([1, 2, 3, 6, 12].map((n) => n * HOUR), [1, 2, 7, 14, 28, 91, 364].map((n) => n * DAY)).sort((a, b) => a - b);
const TICKS = 8;

export default {
  template: `<div v-show="marks.length" class="wa" tabindex="0" role="group" :aria-label="label" @keydown.left.prevent="go(-1)" @keydown.right.prevent="go(1)" @keydown.enter="open" @blur="at = null">
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
    step() { return STEPS.find((step) => (this.span[1] - this.span[0]) / step <= TICKS) ?? STEPS.at(-1); },
    ticks() {
      const [first, last] = this.span, zone = (at) => new Date(at).getTimezoneOffset() * MINUTE;
      const ticks = [];
      // Whole hours and days in local time; the UTC offset may change in between.
      for (let local = Math.ceil((first - zone(first)) / this.step) * this.step, at; (at = local + zone(local + zone(first))) < last; local += this.step) ticks.push(at);
      return ticks.filter((at) => this.place(at) > 3 && this.place(at) < 97);
    },
    label() { return `${this.marks.length} events on a time axis; use the arrow keys to go through them`; },
  },
  methods: {
    place(at) { return Math.min(Math.max(((at - this.span[0]) / (this.span[1] - this.span[0])) * 100, 0), 100); },
    clock(at) {
      const day = this.span[1] - this.span[0] > DAY ? [wwDay(at)] : [];
      return [...day, ...(this.step < DAY ? [wwClock(at, { seconds: this.step < MINUTE })] : [])].join(", ");
    },
    words(mark) { return `${wwMoment(mark.at)} · ${mark.words}`; },
    go(by) { this.at = Math.min(Math.max((this.at ?? (by > 0 ? -1 : this.marks.length)) + by, 0), this.marks.length - 1); },
    open() { if (this.at != null && this.marks[this.at].href) location.assign(this.marks[this.at].href); },
  },
};
