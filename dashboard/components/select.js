// A native select. Its options are passed as one JSON text, as Vue would make each of ten thousand elements reactive.
// Long lists are filled on first use only, as browsers need a second to measure that many options.
const FEW = 500;

export default {
  template: `<select :value="value" @pointerdown="isTouched = true" @focus="isTouched = true"><option v-for="[key, words] in list" :key="key" :value="key">{{ words }}</option></select>`,
  props: { options: String, value: String },
  data: () => ({ isTouched: false }),
  computed: {
    all() { return Object.freeze(JSON.parse(this.options)); },
    list() { return this.isTouched || this.all.length <= FEW ? this.all : this.all.filter(([key]) => key === this.value); },
  },
};
