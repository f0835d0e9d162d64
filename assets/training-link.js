"use strict";
// What a link tells of a run beside the settings: where it stands, and how it came there. Pure: no page.
(() => {
  // frame: of the run; log: {text, untold} of its changes; first: the live settings that it began with; settings: now;
  // limits: what the server takes from a link.
  // -> extra: the further keys; untold: why the run is not among them, "" where it is
  function story({ frame, log, first, settings, limits, brought }) {
    const untold = whyUntold(frame.step, log, limits, brought);
    if (untold || (frame.step === 0 && !log.text)) return { extra: {}, untold: frame.step === 0 && !log.count ? "" : untold };
    const began = Object.entries(first).filter(([field, value]) => String(settings[field]) !== String(value));
    const extra = { step: frame.step };
    if (began.length) extra.first = began.map(([field, value]) => `${field}:${value}`).join(";");
    if (log.text) extra.changes = log.text;
    return { extra, untold };
  }

  function whyUntold(step, { untold }, { last_step: last }, brought) {
    if (brought) return "Your own data is in no link: it holds the settings, not this run.";
    if (untold) return untold;
    if (step > last) return `This run is beyond update ${window.explorer.trainingWords.grouped(last)}: a link holds the settings, not this run.`;
    return "";
  }

  // What is in the address -> {link: for the server, null without a story; until: the step to replay to, or null}
  function read(address) {
    const { step, first, changes } = address ?? {};
    const until = Number(step);
    return {
      link: step || changes ? { step, first, changes } : null,
      until: Number.isSafeInteger(until) && until > 0 ? until : null,
    };
  }

  // "learning_rate:0.03;l2:0" -> the fields that a link says were different at the start
  const began = (first) => Object.fromEntries(String(first ?? "").split(";").filter((entry) => entry.includes(":")).map((entry) => [entry.slice(0, entry.indexOf(":")), entry.slice(entry.indexOf(":") + 1)]));

  window.explorer = Object.assign(window.explorer || {}, { trainingLink: { story, read, began } });
})();
