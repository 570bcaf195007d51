// The NiceGUI component, which passes messages between the server and the view.
import { Waterfall } from "watchwright-waterfall";

export default {
  // NiceGUI replaces the outer element's classes when it hides or shows it, so the view has its own element inside.
  template: '<div class="wf-holder"><div ref="view" class="wf"></div></div>',
  emits: ["inspect", "ask", "search", "reopen", "painted", "columns"], // undeclared, Vue would listen for DOM events with these names too
  props: { options: Object, first: Object },
  created() {
    this.early = [];
  },
  mounted() {
    this.view = new Waterfall(this.$refs.view, this.options ?? {}, (event, payload) => this.$emit(event, payload));
    this.view.begin(this.first ?? {});
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
