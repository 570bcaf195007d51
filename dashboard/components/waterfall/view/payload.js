// Shows a request's payload: its query, form, GraphQL operations, or other body.
import { h } from "./dom.js";
import { bodyView, jsonTree, parseJson } from "./body.js";
import { section, table } from "./panes.js";
import { formatCount } from "./time.js";

export function payloadPane({ request, query }) {
  const parts = [];
  if (query.length) parts.push(section("Query", query.length, table(query)));
  if (request.payload?.note) parts.push(h("p", { class: "wf-note", text: request.payload.note }));
  const asked = graphQlOf(request.payload, query);
  if (asked.length) return [...parts, ...asked.flatMap(graphQl)];
  if (!request.payload) return parts;
  const form = formOf(request.payload);
  return [...parts, form ? section("Form", form.length, table(form)) : section("Body", null, ...bodyView(request.payload))];
}

/** Returns names and values of a form, URL-encoded or multipart (RFC 7578); null if the payload is not a form. */
export function formOf({ text, encoding, mime }) {
  if (encoding) return null;
  if (/x-www-form-urlencoded/i.test(mime)) return [...new URLSearchParams(text)];
  const boundary = /^multipart\/form-data.*boundary="?([^";]+)/i.exec(mime)?.[1];
  if (!boundary) return null;
  return text.split(`--${boundary}`).slice(1).filter((part) => !part.startsWith("--") && part.trim()).map(formPart);
}

function formPart(part) {
  const [head, ...body] = part.replace(/^\r?\n/, "").split(/\r?\n\r?\n/);
  const named = (key) => new RegExp(`[;\\s]${key}="([^"]*)"`, "i").exec(head)?.[1];
  const file = named("filename");
  const value = body.join("\n\n").replace(/\r?\n$/, "");
  return [named("name") ?? "", file === undefined ? value : `${file} (a file of ${formatCount(value.length)} characters)`];
}

/** Returns the GraphQL operations of a payload: one, several in a batch, or one in the query. */
export function graphQlOf(payload, query = []) {
  const asked = Object.fromEntries(query);
  const json = payload && !payload.encoding ? parseJson(payload.text) : undefined;
  const inBody = payload && /application\/graphql(;|$)/i.test(payload.mime) ? [{ query: payload.text }] : [json].flat();
  return [...inBody, { ...asked, variables: parseJson(asked.variables ?? "") }].filter(isGraphQl).map(named);
}

const isGraphQl = (json) => typeof json?.query === "string" && /^\s*(\{|query\b|mutation\b|subscription\b|fragment\b|#)/.test(json.query) && json.query.includes("{");

function named({ query, operationName, variables }) {
  const [, kind = "query", name] = /\b(query|mutation|subscription)\b\s*(\w+)?/.exec(query) ?? [];
  return { kind, name: typeof operationName === "string" && operationName ? operationName : name ?? "(no name)", query, variables };
}

const graphQl = ({ kind, name, query, variables }) => [
  section("GraphQL", null, table([["Operation", name], ["Kind", kind]]), h("pre", { class: "wf-text", text: query })),
  ...(variables && typeof variables === "object" ? [section("Variables", null, jsonTree(variables))] : []),
];
