"use strict";
// A file that a person chooses, drops or pastes, as text; what both labs that take a table share.
(() => {
  // ---- pure ----------------------------------------------------------------------------------------------------

  const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`;

  // The text of a file in UTF-8, or as old spreadsheets write it.
  function decoded(bytes) {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  }

  // Why these files cannot be read as one table; empty where they can.
  function problem(files, limit) {
    const large = files.find(({ size }) => size > limit);
    if (large) return `${large.name} has ${megabytes(large.size)}; at most ${megabytes(limit)} can be read.`;
    return files.length > 1 ? "One file at a time, please." : "";
  }

  window.explorer = Object.assign(window.explorer || {}, { tableFile: { pure: { megabytes, decoded, problem } } });
})();
