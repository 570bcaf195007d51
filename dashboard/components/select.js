// A native select. Its options come as one text: as elements, each of ten thousand websites would be watched for changes.
// A browser measures each option as soon as it is there, which takes it a second for so many: they come once it is touched.
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
