// A Plotly chart in the theme's colours. As time passes it is extended, not redrawn.
const SERIES = ["x", "y", "text"];
const DATA = new Set([...SERIES, "customdata", "base", "width"]); // long arrays that never contain colours
const COARSE = "(pointer: coarse)"; // on touch screens dragging must scroll the page, not draw a zoom box
const NARROW_PX = 130; // width of an axis on which three labels would touch
const PAPER_PX = 800; // about the width of a sheet; other paper sizes scale the chart
const NAMES_PX = 700; // width of a chart in which the names beside the axis are shortened further
const TICK_PX = 120; // of the axis per label, so that labels are never rotated

const withAlpha = (colour, percent) => {
  if (percent == null || !colour.startsWith("#")) return colour;
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  return `rgba(${red}, ${green}, ${blue}, ${percent / 100})`;
};
const coloured = (value, styles, key) => {
  if (DATA.has(key) && typeof value === "object") return value;
  if (Array.isArray(value)) return value.map((item) => coloured(item, styles));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, coloured(item, styles, name)]));
  const token = typeof value === "string" && /^\$([a-z0-9-]+)(?:\/(\d+))?$/.exec(value);
  return token ? withAlpha(styles.getPropertyValue(`--ww-${token[1]}`).trim(), token[2]) : value;
};

// Plotly's own fill crosses gaps, so the band between two lines is a closed shape for each run of points.
const band = (upper, lower) => {
  const x = [], y = [];
  let first = null;
  const close = (last) => {
    for (let at = first; at < last; at++) { x.push(upper.x[at]); y.push(upper.y[at]); }
    for (let at = last - 1; at >= first; at--) { x.push(upper.x[at]); y.push(lower.y[at]); }
    x.push(null); y.push(null);
    first = null;
  };
  for (let at = 0; at <= upper.x.length; at++) {
    const known = at < upper.x.length && upper.y[at] != null && lower.y[at] != null;
    if (known && first == null) first = at;
    if (!known && first != null) close(at);
  }
  return { x, y };
};
const withBands = (data) => data.map((trace) => (trace.meta?.band ? { ...trace, ...band(...trace.meta.band.map((index) => data[index])) } : trace));

// Hides labels of the axis that overlap the one before, as on a screen of 320 px.
function thin(plot) {
  let edge = -Infinity;
  const labels = [...plot.querySelectorAll(".xtick text")].map((label) => ({ label, box: label.getBoundingClientRect() }));
  for (const { label, box } of labels.sort((a, b) => a.box.left - b.box.left)) {
    const fits = box.left > edge;
    label.style.visibility = fits ? "" : "hidden";
    if (fits) edge = box.right;
  }
}

export default {
  template: `<div class="ww-chart" :class="{ 'ww-waiting': waiting }" :style="{ height: height + 'px' }">
    <div ref="plot" class="ww-plot" role="img" :aria-label="words"></div>
    <div v-if="state === 'loading'" class="ww-skeleton" aria-hidden="true"></div>
    <p v-if="state === 'failed'" class="ww-table-empty" role="alert">The chart could not be drawn. Reload the page.</p>
  </div>`,
  emits: ["zoom", "reset", "plotly_click", "painted"],
  props: { figure: String, label: String, height: Number },
  data() {
    return { state: "loading", words: this.label, waiting: false };
  },
  created() {
    this.current = JSON.parse(this.figure); // plain values, as Plotly would traverse Vue's proxies
  },
  async mounted() {
    try {
      this.Plotly = (await import("watchwright-plotly")).Plotly;
      if (!this.$refs.plot) return;
      await this.render();
      document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true"); // Plotly measures text in it
      this.listen();
      this.state = "drawn";
    } catch (error) {
      console.error(error);
      this.state = "failed";
      return;
    }
    this.size = new ResizeObserver(this.fit);
    this.size.observe(this.$el);
    this.theme = new MutationObserver(() => { if (document.body.className !== this.dressed) this.render(); });
    this.theme.observe(document.body, { attributeFilter: ["class"] });
    addEventListener("beforeprint", this.print);
    addEventListener("afterprint", this.unprint);
  },
  beforeUnmount() {
    removeEventListener("beforeprint", this.print);
    removeEventListener("afterprint", this.unprint);
    this.size?.disconnect();
    this.theme?.disconnect();
    if (this.Plotly && this.$refs.plot) this.Plotly.purge(this.$refs.plot);
  },
  methods: {
    draw(figure, label) {
      this.current = figure;
      this.words = label;
      this.waiting = false;
      if (this.Plotly && this.state === "drawn") this.render();
    },
    extend({ drop, keep, x, series, layout, label }) {
      const { data } = this.current;
      if (label) this.words = label;
      for (const [index, changed] of Object.entries(series)) {
        const trace = data[index];
        trace.x = trace.x.slice(drop, drop + keep).concat(x);
        for (const [name, values] of Object.entries(changed)) trace[name] = trace[name].slice(drop, drop + keep).concat(values);
      }
      const { xaxis, ...rest } = layout;
      Object.assign(this.current.layout, rest);
      if (xaxis) Object.assign(this.current.layout.xaxis, xaxis);
      if (this.state !== "drawn" || this.isPrinted) return;
      const styles = getComputedStyle(document.body);
      const moved = withBands(data);
      const touched = moved.map((trace, index) => index).filter((index) => index in series || moved[index].meta?.band);
      const restyled = Object.fromEntries(SERIES.map((name) => [name, touched.map((index) => moved[index][name])]).filter(([, values]) => values.some(Boolean)));
      if (restyled.text) restyled.text = touched.map((index) => moved[index].text ?? "");
      const relayout = coloured(rest, styles);
      for (const [name, value] of Object.entries(xaxis ?? {})) relayout[`xaxis.${name}`] = value;
      this.own = true;
      this.Plotly.update(this.$refs.plot, restyled, relayout, touched).finally(() => (this.own = false));
    },
    wait(waiting) {
      this.waiting = waiting;
    },
    fit() {
      if (this.isPrinted || !this.$refs.plot?.clientWidth) return;
      const { l, ticktext } = this.names();
      const named = ticktext ? { "margin.l": l, "yaxis.ticktext": ticktext } : {};
      this.Plotly.relayout(this.$refs.plot, { autosize: true, "xaxis.nticks": this.ticks(), ...named });
    },
    async render({ isOnPaper = false } = {}) {
      if (this.isPrinted && !isOnPaper) return; // `unprint` draws updates that arrive while printing
      this.dressed = document.body.className;
      const styles = getComputedStyle(document.body);
      const layout = coloured(this.current.layout, styles);
      if (layout.xaxis) Object.assign(layout.xaxis, { tickangle: 0, nticks: this.ticks() });
      const { l, ticktext } = this.names();
      if (ticktext) [layout.margin.l, layout.yaxis.ticktext] = [l, ticktext];
      if (this.isPrinted) layout.width = PAPER_PX;
      if (matchMedia(COARSE).matches) layout.dragmode = false;
      const config = { displayModeBar: false, displaylogo: false, doubleClick: false, scrollZoom: false };
      this.own = true;
      try {
        await this.Plotly.react(this.$refs.plot, coloured(withBands(this.current.data), styles), layout, config);
      } finally {
        this.own = false;
      }
      this.$el.dataset.painted = String(performance.now());
    },
    print() { // in light colours, and scaled from the window's width to the paper's
      const { classList, className } = document.body;
      this.isPrinted = true;
      classList.remove("body--dark");
      classList.add("body--light");
      this.render({ isOnPaper: true }); // draws synchronously
      document.body.className = this.dressed = className;
      const { plot } = this.$refs;
      plot.querySelector(".svg-container").style.width = "100%";
      for (const svg of plot.querySelectorAll(".main-svg")) {
        svg.setAttribute("viewBox", `0 0 ${PAPER_PX} ${this.current.layout.height}`);
        svg.setAttribute("width", "100%");
      }
    },
    unprint() {
      this.isPrinted = false;
      for (const svg of this.$refs.plot.querySelectorAll(".main-svg")) svg.removeAttribute("viewBox");
      this.render();
    },
    width() {
      return this.isPrinted ? PAPER_PX : this.$el.clientWidth;
    },
    names() { // beside the axis, and the margin that they need
      const { margin = {}, yaxis, meta } = this.current.layout;
      return (this.width() < NAMES_PX && meta?.narrow) || { l: margin.l ?? 0, ticktext: yaxis?.ticktext };
    },
    ticks() {
      const room = this.width() - this.names().l - (this.current.layout.margin?.r ?? 0); // the axis does not reach into the margins
      return Math.max(room < NARROW_PX ? 2 : 3, Math.floor(room / TICK_PX));
    },
    listen() {
      const { plot } = this.$refs;
      plot.on("plotly_afterplot", () => thin(plot));
      plot.on("plotly_click", (event) => this.$emit("plotly_click", { points: event.points.map(({ customdata }) => ({ customdata })) }));
      plot.on("plotly_doubleclick", () => this.$emit("reset"));
      plot.on("plotly_relayout", (event) => {
        const range = [event["xaxis.range[0]"], event["xaxis.range[1]"]];
        if (!this.own && range.every((end) => end != null)) this.$emit("zoom", range);
      });
    },
  },
};
