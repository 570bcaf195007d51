// Shows bodies as a JSON tree, coloured text, a picture or bytes. A site's text is never interpreted as HTML.
import { h } from "./dom.js";
import { formatBytes, formatCount } from "./time.js";

// Formats that <img> draws without running anything. In an <img>, SVG runs no scripts and loads nothing.
const PICTURES = /^image\/(png|jpeg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)$/;
const HEX_LIMIT = 8 * 1024; // bytes
const TEXT_LIMIT = 400_000; // characters
const COLOUR_LIMIT = 80_000; // characters; with more, colouring would take longer than a frame

/** Returns elements for *payload*: {text, encoding: "base64" or null, mime}. */
export function bodyView({ text, encoding, mime }) {
  const type = (mime ?? "").split(";")[0].trim().toLowerCase();
  if (PICTURES.test(type)) return picture(text, encoding, type);
  if (encoding) return [h("pre", { class: "wf-hex", text: hex(bytesOf(text)) }), tooMuch(bytesOf(text).length, HEX_LIMIT, formatBytes)].filter(Boolean);
  const json = /json/.test(type) || /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (json !== undefined && typeof json === "object" && json) return [jsonTree(json), h("details", {}, h("summary", { text: "As text" }), plain(text, "json"))];
  return [plain(text, type)];
}

export function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const bytesOf = (base64) => {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
};

function picture(text, encoding, type) {
  const bytes = encoding ? bytesOf(text) : new TextEncoder().encode(text);
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const size = h("p", { class: "wf-note", text: formatBytes(bytes.length) });
  const image = h("img", {
    class: "wf-preview", alt: "Received image", src: url,
    onload: () => { size.textContent = `${image.naturalWidth} × ${image.naturalHeight} px, ${formatBytes(bytes.length)}`; URL.revokeObjectURL(url); },
    onerror: () => { size.textContent = "The browser cannot display it. It may be stored incompletely."; URL.revokeObjectURL(url); },
  });
  return [h("div", { class: "wf-checkers" }, image), size];
}

/** Returns a hex dump: offset, sixteen bytes, and their ASCII. */
export function hex(bytes) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_LIMIT); at += 16) {
    const slice = [...bytes.slice(at, at + 16)];
    const digits = slice.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const letters = slice.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${digits}  ${letters}`);
  }
  return lines.join("\n");
}

function tooMuch(length, limit, words) {
  return length > limit ? h("p", { class: "wf-note", text: `${words(length - limit)} more are in the HAR.` }) : null;
}

function plain(text, type) {
  const shown = text.slice(0, TEXT_LIMIT);
  const pre = h("pre", { class: "wf-text" });
  if (shown.length > COLOUR_LIMIT || !/json|javascript|css|html|xml/.test(type)) pre.textContent = shown;
  else pre.append(...coloured(shown, /html|xml/.test(type)));
  const rest = text.length - shown.length;
  return rest > 0 ? h("div", {}, pre, h("p", { class: "wf-note", text: `${formatCount(rest)} more characters are in the HAR.` })) : pre;
}

const CODE = new RegExp([
  /(\/\*[\s\S]*?\*\/|\/\/[^\n]*)/,
  /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)/,
  /\b(\d[\d.]*(?:e[+-]?\d+)?)\b/,
  /\b(true|false|null|undefined|const|let|var|function|return|if|else|for|while|new|class|import|export|from|async|await|typeof|this|throw|try|catch)\b/,
].map(({ source }) => source).join("|"), "g");
const MARKUP = /(<!--[\s\S]*?-->)|("[^"<>]*"|'[^'<>]*')|(&[#\w]+;)|(<\/?[\w:-]+|\/?>)/g;
const CLASSES = ["t-comment", "t-string", "t-number", "t-word"];

function* coloured(text, isMarkup) {
  let at = 0;
  for (const match of text.matchAll(isMarkup ? MARKUP : CODE)) {
    if (match.index > at) yield text.slice(at, match.index);
    yield h("span", { class: CLASSES[match.slice(1).findIndex((group) => group !== undefined)], text: match[0] });
    at = match.index + match[0].length;
  }
  yield text.slice(at);
}

/** Returns a tree whose children are created when their parent is opened. */
export function jsonTree(value) {
  return h("div", { class: "wf-json" }, node(null, value, true));
}

const CHILDREN = 200; // shown per step

function node(name, value, isOpen = false) {
  const label = name === null ? [] : [h("span", { class: "t-key", text: name }), ": "];
  if (typeof value !== "object" || value === null) return h("div", {}, ...label, leaf(value));
  const entries = Object.entries(value);
  const brackets = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  const holder = h("div", { class: "wf-branch" });
  const fill = (from = 0) => {
    const next = from + CHILDREN;
    holder.append(...entries.slice(from, next).map(([key, child]) => node(key, child)));
    if (entries.length <= next) return;
    const onclick = (event) => { event.target.remove(); fill(next); };
    holder.append(h("button", { type: "button", class: "wf-link", text: `${entries.length - next} more`, onclick }));
  };
  const tree = h("details", { ontoggle: () => tree.open && !holder.hasChildNodes() && fill() }, h("summary", {}, ...label, h("small", { text: brackets })), holder);
  if (isOpen) {
    fill();
    tree.open = true;
  }
  return tree;
}

function leaf(value) {
  const kind = typeof value === "string" ? "t-string" : typeof value === "number" ? "t-number" : "t-word";
  return h("span", { class: kind, text: JSON.stringify(value) });
}
