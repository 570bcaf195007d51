// The contents of the details' tabs: functions of the details and the row that return elements.
import { copy, h, save } from "./dom.js";
import { bodyView, bytesOf } from "./body.js";
import { formatBytes, formatMs } from "./time.js";
import { initiatorPlace, parts } from "./model.js";

export const section = (title, count, ...children) =>
  h("section", {}, h("h3", {}, title, count === null ? null : h("small", { text: ` ${count}` })), ...children);

/** Returns names and values; redacted values are marked. */
export function table(pairs) {
  return h("dl", {}, ...pairs.flatMap(([name, value]) => [h("dt", { text: name }), valueCell(value)]));
}

function valueCell(value) {
  const isRedacted = /^\W*redacted\W*$/i.test(value);
  return h("dd", { class: isRedacted ? "redacted" : null, text: isRedacted ? "•••• redacted" : value });
}

const nothing = (words) => h("p", { class: "wf-nothing", text: words });

export function headersPane(details, row) {
  const raw = (title, text) => h("details", {}, h("summary", { text: title }), h("pre", { text }));
  const lines = (headers) => headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return [
    details.error ? h("p", { class: "wf-why", text: details.error }) : null,
    section("General", null, table(details.general)),
    section("Response headers", details.response.headers.length, table(details.response.headers)),
    section("Request headers", details.request.headers.length, table(details.request.headers)),
    details.response.headers.length ? raw("Raw response headers", `${row.protocol} ${row.status} ${details.status_text ?? ""}\n${lines(details.response.headers)}`) : null,
    details.request.headers.length ? raw("Raw request headers", lines(details.request.headers)) : null,
  ].filter(Boolean);
}

export function responsePane({ response, error }, row) {
  if (!response.payload) return [error ? h("p", { class: "wf-why", text: error }) : nothing(response.missing ?? (row.outcome === 0 ? "No response yet." : "No body stored."))];
  const note = response.payload.note ? h("p", { class: "wf-note", text: response.payload.note }) : null;
  return [bodyActions(response.payload, row), note, ...bodyView(response.payload)].filter(Boolean);
}

/** Copies the stored body if it is text, or downloads it under its original name. */
function bodyActions({ text, encoding, mime }, row) {
  const act = (words, onclick) => h("button", { type: "button", class: "wf-link", text: words, onclick });
  const said = h("span", { class: "wf-copied", role: "status" });
  const tell = (words) => { said.textContent = words; };
  const content = () => (encoding ? new Blob([bytesOf(text)], { type: mime }) : text);
  return h("div", { class: "wf-body-actions" },
    encoding ? null : act("Copy body", () => copy(text).then(() => tell("Body copied"), () => tell("The browser blocked copying"))),
    act("Save body", () => save(content(), fileName(row), mime || "application/octet-stream")), said);
}

/** Returns the path's last part, without characters that are unsafe in file names. */
export function fileName({ url }) {
  const last = url.split(/[?#]/)[0].split("/").slice(3).pop() ?? "";
  return last.replace(/%[0-9a-f]{2}/gi, "_").replace(/[^\w.-]+/g, "_").replace(/^\.+/, "").slice(-100) || "body";
}

export function cookiesPane({ cookies }) {
  return [
    cookies.sent.length ? section("Sent", cookies.sent.length, table(cookies.sent)) : null,
    cookies.refused.length ? section("Blocked by the browser", cookies.refused.length, table(cookies.refused)) : null,
    ...cookies.set.map(({ name, value, attributes }) => section(`Set: ${name}`, null, table([["Value", value], ...attributes]))),
  ].filter(Boolean);
}

export function initiatorPane({ initiator }, row, view) {
  const chain = view.model.initiators(row);
  const link = (other, depth) => h("li", { style: `padding-inline-start:${depth * 14}px` },
    h("button", { type: "button", class: "wf-link", text: other.name, title: other.url, onclick: () => view.open(other) }), h("small", { text: ` ${other.host}` }));
  const asked = [...chain].reverse();
  const children = view.model.rows.filter((other) => other !== row && initiatorPlace(other.initiator).url === row.url);
  const ties = [...view.tied];
  const words = { parser: "the parser, while reading the document", script: "a script", preload: "a preload", preflight: "a preflight", other: "the browser itself" };
  return [
    section("Requested by", null, h("p", { text: words[initiator.type] ?? initiator.type ?? "not known" }),
      h("ul", { class: "wf-chain" }, ...asked.map(link), h("li", { style: `padding-inline-start:${asked.length * 14}px` }, h("b", { text: row.name })))),
    initiator.stack.length ? section("Stack", initiator.stack.length, h("ol", { class: "wf-stack" }, ...initiator.stack.map((frame) =>
      h("li", {}, h("code", { text: frame.function || "(anonymous)" }), h("small", { text: `${parts(frame.url).name}:${frame.line}:${frame.column}`, title: frame.url }))))) : null,
    ties.length ? section("Related requests", ties.length, h("ul", { class: "wf-chain" }, ...ties.map((other) => link(other, 0)))) : null,
    children.length ? section("Requests it started", children.length, h("ul", { class: "wf-chain" }, ...children.slice(0, 100).map((other) => link(other, 0)))) : null,
  ].filter(Boolean);
}

export function messagesPane({ messages, further_messages: further }) {
  if (!messages.length) return [nothing("No messages captured.")];
  const more = further ? nothing(`${further.toLocaleString("en")} further message${further === 1 ? " was" : "s were"} counted and not kept.`) : null;
  return [h("ol", { class: "wf-messages" }, ...messages.map(message)), more].filter(Boolean);
}

function message({ at, direction, text, bytes, kind }) {
  const [arrow, title] = direction === "sent" ? ["↑", "Sent"] : ["↓", "Received"];
  return h("li", { class: direction },
    h("span", { class: "wf-direction", role: "img", "aria-label": title, text: arrow, title }),
    h("time", { text: formatMs(at) }), h("pre", { text }), h("small", { text: [kind, formatBytes(bytes)].filter(Boolean).join(" · ") }));
}

export function securityPane({ security }) {
  return [section("Connection and certificate", null, table(security))];
}
