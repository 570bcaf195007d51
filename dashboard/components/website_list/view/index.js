// Everything that the list imports.
export * from "./address.js";
export * from "./certificate.js";
export * from "./actions.js";
export * from "./picture.js";
export * from "./row_words.js";
export * from "./rows.js";
export * from "./selecting.js";
export * from "./spanned.js";
export * from "./summary.js";
export * from "./template.js";
export * from "./words.js";
