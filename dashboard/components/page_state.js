// The browser's state of a page: URL and history, the tab's title and icon.
export default {
  template: `<div hidden></div>`,
  emits: ["back"],
  props: { title: String, down: Boolean, prefix: String },
  mounted() {
    this.onBack = () => this.$emit("back", location.search);
    addEventListener("popstate", this.onBack);
    this.announce(this.title, this.down);
  },
  beforeUnmount() {
    removeEventListener("popstate", this.onBack);
  },
  methods: {
    announce(title, down) {
      document.title = title;
      for (const link of document.querySelectorAll("link[rel~=icon]")) {
        const wanted = `${this.prefix}/static/${down ? "favicon-down" : "favicon"}.svg`;
        if (link.getAttribute("href") !== wanted) link.setAttribute("href", wanted);
      }
    },
    go(query, replace) {
      const address = location.pathname + (query ? `?${query}` : "") + location.hash;
      if (address === location.pathname + location.search + location.hash) return;
      history[replace ? "replaceState" : "pushState"](history.state, "", address);
    },
  },
};
