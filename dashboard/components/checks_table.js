// The table of checks. Rows are keyed by id, so that a new check does not disturb selection and scroll position.
const shape = {
  props: { status: String },
  template: `<svg class="ww-shape" viewBox="0 0 12 12" aria-hidden="true">
            <circle v-if="status === 'UP'" cx="6" cy="6" r="4.5" fill="var(--ww-up)"/>
            <rect v-else-if="status === 'DEGRADED'" x="1.8" y="1.8" width="8.4" height="8.4" rx="1.6" fill="var(--ww-degraded)"/>
            <rect v-else-if="status === 'DOWN'" x="2.2" y="2.2" width="7.6" height="7.6" rx="1" fill="var(--ww-down)" transform="rotate(45 6 6)"/>
            <circle v-else cx="6" cy="6" r="3.6" fill="none" stroke="var(--ww-muted)" stroke-width="1.8"/></svg>`,
};

export default {
  components: { "ct-shape": shape },
  template: `<div class="ct" :class="{ 'ww-waiting': waiting }">
    <div v-if="choices.length || shown.page > 1 || shown.hasOlder" class="ct-bar">
      <div v-if="choices.length" class="ww-segments" role="group" aria-label="Filter by status">
        <button v-for="choice in choices" :key="choice.key" type="button" :aria-pressed="String(shown.status === choice.key)" @click="choose(choice.key, shown.region, 1)">{{ choice.label }}</button>
      </div>
      <div v-if="shown.regions.length" class="ww-segments" role="group" aria-label="Filter by region">
        <button v-for="region in ['', ...shown.regions]" :key="region" type="button"
          :aria-pressed="String(shown.region === region)" @click="choose(shown.status, region, 1)">{{ region || "Everywhere" }}</button>
      </div>
      <div class="ww-grow"></div>
      <nav class="ct-pages" aria-label="Pages of checks">
        <button type="button" class="ww-button" :aria-disabled="shown.page <= 1" @click="shown.page > 1 && choose(shown.status, shown.region, shown.page - 1)">Newer</button>
        <span class="ww-secondary" :aria-live="isAsked ? 'polite' : 'off'">Page {{ shown.page }}{{ shown.pages ? " of " + shown.pages : "" }}</span>
        <button type="button" class="ww-button" :aria-disabled="!shown.hasOlder" @click="shown.hasOlder && choose(shown.status, shown.region, shown.page + 1)">Older</button>
      </nav>
    </div>
    <p v-if="!shown.rows.length" class="ww-table-empty">{{ shown.empty }}</p>
    <div v-else class="ww-scroll" tabindex="0" role="region" aria-label="Each check">
      <table class="ww-table ct-table">
        <caption class="ww-hidden">Monitor checks, newest first</caption>
        <thead><tr><template v-for="(heading, index) in headings" :key="heading.label"><th
          scope="col" :class="{ 'ww-number': heading.number }">{{ heading.label }}</th><th
          v-if="index === 1 && shown.regional" scope="col">Region</th></template></tr></thead>
        <tbody><tr v-for="row in shown.rows" :key="row.id">
          <td><time :datetime="row.at" :title="row.utc" class="ww-nowrap">{{ row.utc }}</time></td>
          <td><span class="ww-stat-label"><ct-shape :status="row.status"/>{{ row.word }}</span></td>
          <td v-if="shown.regional"><span class="ww-stat-label ww-nowrap" :title="row.foundWord"><ct-shape
            v-if="row.found" :status="row.found"/>{{ row.region }}<span class="ww-hidden">{{ row.foundWord }}</span></span></td>
          <td class="ww-number">{{ row.answer }}</td>
          <td v-for="(value, index) in row.times" :key="index" class="ww-number" :class="{ 'ww-muted': value === '–', 'ct-phase': index > 0 }">{{ value }}</td>
          <td class="ww-secondary ww-words">{{ row.error }}</td>
        </tr></tbody>
      </table>
    </div>
  </div>`,
  emits: ["choose"],
  props: { first: Object, headings: Array, choices: Array },
  data() {
    return { shown: this.first, waiting: false, isAsked: false }; // announce page numbers only after the reader's first click
  },
  methods: {
    show(page) {
      this.shown = page;
      this.waiting = false;
    },
    choose(status, region, page) {
      this.waiting = this.isAsked = true;
      this.$emit("choose", { status, region, page });
    },
  },
};
