// The NiceGUI component: hands what the server says to the view, and what the reader does to the server.
import { Waterfall } from "watchwright-waterfall";

export default {
  template: '<div class="wf"></div>',
  props: { options: Object, first: Object },
  created() {
    this.early = [];
  },
  mounted() {
    this.view = new Waterfall(this.$el, this.options ?? {}, (event, payload) => this.$emit(event, payload));
    if (this.first) this.view.apply(this.first);
    for (const [name, args] of this.early) this.view[name](...args);
    this.early = [];
  },
  beforeUnmount() {
    this.view.destroy();
  },
  methods: {
    tell(name, args) {
      if (this.view) this.view[name](...args);
      else this.early.push([name, args]);
    },
  },
};
