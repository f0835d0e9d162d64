"use strict";
// The past of the lab's run: what is asked of it, how it is shown, and the way on from there.
(() => {
  const AT_ONCE = 12; // frames of a tick on the way to a step
  const explorer = window.explorer;

  // lab: the lab's own record; page: {told(), drawCurves(), reflect()}; a run that stands nowhere, from null, begins anew
  function create(lab, player, records, page) {
    // On the way to a step as the run went: no change of the settings touches it.
    function ask(run, from, step) {
      const wish = { run, frames: step > (from ?? 0) ? AT_ONCE : 0, updates: null, until: step, scene: true, anew: from === null };
      return explorer.exchange.ask("/training/tick", { ...lab.asked, ...wish, settings: { ...lab.settings, ...lab.live }, own: page.told(), panels: lab.view.open() });
    }

    // A moment of the past on every picture; null: back to the present.
    function show(past) {
      if (player.state.playing) player.pause();
      if (!past && lab.liveThen) records.rememberSettings(lab.live, lab.liveThen); // what was chosen there the present meets now
      lab.liveThen = past ? (lab.liveThen ?? lab.live) : null;
      lab.refusal = "";
      const { frame, report, sentence } = past ?? lab;
      const points = past ? past.points : lab.scene.points;
      if (points) lab.view.points(points);
      lab.view.frame(frame);
      lab.below.frame(frame);
      lab.view.sentence(sentence);
      if (report) lab.view.report(report);
      page.drawCurves();
      page.reflect();
      if (!past) player.look();
    }

    function failed(answer) {
      lab.refusal = answer?.error ?? "The server does not answer: the past is shown when it is back.";
      page.reflect();
    }

    // From a moment of the past on: the way that was gone stays as a kept run.
    function fork({ run, frame, log, points, sentence }, play = true) {
      const before = records.record();
      records.remember("the fork", before);
      lab.runs.add({ ...before, name: `Before the fork at epoch ${explorer.trainingWords.grouped(frame.epoch)}` });
      const { logOf, facing } = explorer.trainingMoments;
      const history = explorer.trainingRecords.pure.until(lab.history, frame.step);
      const first = frame.step === 0 && !log.count ? lab.live : lab.first; // a fork before the first update is a run from its start
      const scene = points ? { ...lab.scene, points } : lab.scene;
      Object.assign(lab, { liveThen: null, first, scene, history, moments: lab.moments.until(frame.step), frame, log, sentence });
      player.begin(facing(run, logOf(run), frame.step), null, frame.step); // what a replay had still before it is gone
      if (play) player.play();
      else player.look();
      page.reflect();
    }

    // A kept, opened or compared run instead of the present one.
    function restore(record) {
      records.remember("the restored run");
      records.restore({ first: null, sentence: "", own: null, ...record });
    }

    return { ask, show, failed, fork, restore };
  }

  window.explorer = Object.assign(explorer, { trainingPast: { create } });
})();
