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

  // ---- the page ------------------------------------------------------------------------------------------------

  // Files chosen with the input or dropped on its label go to open(files).
  function receive(drop, input, open) {
    input.addEventListener("change", () => {
      open([...input.files]);
      input.value = ""; // the same file may be chosen once more
    });
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("drop-active", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") open([...event.dataTransfer.files]);
      });
    }
  }

  window.explorer = Object.assign(window.explorer || {}, { tableFile: { receive, pure: { megabytes, decoded, problem } } });
})();
