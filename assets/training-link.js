"use strict";
// What a link tells of a run beside the settings: where it stands, and how it came there. Pure: no page.
(() => {
  // frame, log: of the run; limits: what the server takes from a link.
  // -> extra: the further keys; untold: why the run is not among them, "" where it is
  function story({ frame, log: { first_rate, changes }, limits }) {
    const untold = whyUntold(frame.step, changes, limits);
    if (untold || frame.step === 0) return { extra: {}, untold };
    return { extra: { step: frame.step, first_rate, ...(changes ? { changes } : {}) }, untold };
  }

  function whyUntold(step, changes, { most_changes: most, last_step: last }) {
    if (changes.split(",").length > most)
      return `The learning rate was changed more than ${most} times: a link holds the settings, not this run.`;
    if (step > last)
      return `This run is beyond update ${window.explorer.trainingWords.grouped(last)}: a link holds the settings, not this run.`;
    return "";
  }

  // What is in the address -> {link: for the server, null without a story; until: the step to replay to, or null}
  function read(address) {
    const { step, first_rate, changes } = address ?? {};
    const until = Number(step);
    return {
      link: step || changes ? { step, first_rate, changes } : null,
      until: Number.isSafeInteger(until) && until > 0 ? until : null,
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingLink: { story, read } });
})();
