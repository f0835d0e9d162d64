"use strict";
// The run in the tab's own storage: a reload goes on, another tab does not see it.
(() => {
  const KEY = "explorer-training";
  const explorer = window.explorer;

  // lab: what is known of the run; state: of the player, whose run is ahead of what is shown by the frames in its queue.
  function save({ part, scene, log, first, sentence, frame: shown, history: drawn }, { run, until, queue }) {
    const history = structuredClone(drawn);
    for (const { frame } of queue) for (const point of frame.curve) explorer.history.add(history, point);
    const frame = queue.at(-1)?.frame ?? shown;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ part, scene, frame, history, log, first, sentence, run, until }));
    } catch {
      // full or forbidden: the link still replays
    }
  }

  // What was saved for these settings; null where somebody's link decides.
  function load(part) {
    const [{ type } = {}] = performance.getEntriesByType("navigation");
    if (type === "navigate") return null;
    try {
      const stored = JSON.parse(sessionStorage.getItem(KEY));
      return stored?.part === part ? stored : null;
    } catch {
      return null;
    }
  }

  window.explorer = Object.assign(explorer, { trainingKept: { save, load } });
})();
