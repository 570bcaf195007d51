// The NiceGUI component: hands what the server says to the view, and what the reader does to the server.
import { Waterfall } from "watchwright-waterfall";

export default {
  // The outer element's classes are NiceGUI's, who sets them anew when it hides or shows it; the inner one is ours.
  template: '<div class="wf-holder"><div ref="view" class="wf"></div></div>',
  emits: ["inspect", "ask", "search", "reopen", "painted", "columns"], // else Vue would also listen for the document's own events of these names
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
