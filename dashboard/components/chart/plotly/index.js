// Plotly's basic bundle (scatter, bar): a quarter of the whole, unchanged from npm's plotly.js-basic-dist-min 4.1.1.
import "./plotly-basic.min.js";

export const Plotly = window.Plotly;
