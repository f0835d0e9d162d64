"use strict";
// The run in the tab's own storage: a reload goes on, another tab does not see it.
(() => {
  const KEY = "explorer-training";
  const LONGEST = 5e6; // characters, about what a browser stores
  const explorer = window.explorer;

  // lab: what is known of the run; state: of the player, whose run is ahead of what is shown by the frames in its queue.
  // What does not fit is not kept, nor what was there before: the link still replays.
  function save({ part, scene, brief: own, log, first, sentence, frame: shown, history: drawn }, { run, until, queue }) {
    if (run.length > LONGEST) return forget();
    const history = structuredClone(drawn);
    for (const { frame } of queue) for (const point of frame.curve) explorer.history.add(history, point);
    const frame = queue.at(-1)?.frame ?? shown;
    try {
      return sessionStorage.setItem(KEY, JSON.stringify({ part, scene, own, frame, history, log, first, sentence, run, until }));
    } catch {
      return forget();
    }
  }

  function forget() {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // forbidden: then nothing is there
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
