"use strict";
// The moments of a run that can be gone back to: bounded in number and size, dense everywhere. Pure: no page.
(() => {
  const MOST = 240; // moments
  const MOST_TEXT = 24e6; // characters of all runs together
  const LOG = /"changes":(\[.*?\]),"diverged_at":/s; // in the text of a run, whose keys stand in their order

  // The changes that a run tells: [[step, setting, value], …].
  const logOf = (run) => JSON.parse(LOG.exec(run)[1]);

  const upTo = (log, step) => log.filter(([at]) => at <= step);

  // Whether a run has met all of a log up to where it stands: what a hand does between two ticks is in the later one only.
  const hasMet = ({ run, step }, log) => upTo(logOf(run), step).length === upTo(log, step).length;

  // The run on its way to a step, where the changes that it has met since are still before it.
  const facing = (run, log, step) => run.replace(LOG, () => `"changes":${JSON.stringify(upTo(log, step))},"diverged_at":`);

  // moments: [{step, epoch, run: text, weights: base64}], in order of steps
  function create(moments = []) {
    const kept = [...moments];
    const size = () => kept.reduce((sum, { run }) => sum + run.length, 0);

    // Every other one goes, never the first or the last.
    function thin() {
      const left = kept.filter((_, i) => i % 2 === 0 || i === kept.length - 1);
      kept.splice(0, kept.length, ...left);
    }

    return {
      add(moment) {
        if (kept.length && moment.step <= kept.at(-1).step) {
          if (moment.step === kept.at(-1).step) kept[kept.length - 1] = moment; // a hand was on it
          return;
        }
        kept.push(moment);
        while (kept.length > MOST || (kept.length > 2 && size() > MOST_TEXT)) thin();
      },
      all: () => kept,
      // The last moment from which the log leads to the step; null where there is none.
      before: (step, log) => kept.findLast((moment) => moment.step <= step && hasMet(moment, log)) ?? null,
      // As many as `most` of them, evenly, the first and the last among them.
      some(most) {
        if (kept.length <= most) return [...kept];
        return Array.from({ length: most }, (_, i) => kept[Math.round((i * (kept.length - 1)) / (most - 1))]);
      },
      // The run's way up to a step: what a fork has behind it.
      until: (step) => create(kept.filter((moment) => moment.step <= step)),
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingMoments: { create, logOf, hasMet, facing, MOST } });
})();
