"use strict";
// The past of the lab's run: what is asked of it, how it is shown, and the way on from there.
(() => {
  const AT_ONCE = 12; // frames of a tick on the way to a step
  const explorer = window.explorer;

  // lab: the lab's own record; page: {told(), drawCurves(), reflect()}
  function create(lab, player, records, page) {
    // On the way to a step as the run went: no change of the settings touches it.
    function ask(run, from, step) {
      const wish = { run, frames: step > from ? AT_ONCE : 0, updates: null, until: step, scene: true };
      return explorer.exchange.ask("/training/tick", { ...lab.asked, ...wish, settings: { ...lab.settings, ...lab.live }, own: page.told(), panels: lab.view.open() });
    }

    // A moment of the past on every picture; null: back to the present.
    function show(past) {
      if (player.state.playing) player.pause();
      lab.liveThen = past ? (lab.liveThen ?? lab.live) : null;
      const { frame, report, sentence } = past ?? lab;
      const points = past ? past.points : lab.scene.points;
      if (points) lab.view.points(points);
      lab.view.frame(frame);
      lab.below.frame(frame);
      lab.view.sentence(sentence);
      if (report) lab.view.report(report);
      page.drawCurves();
      if (!past) player.look();
    }

    // From a moment of the past on: the way that was gone stays as a kept run.
    function fork({ run, frame, log }, play = true) {
      records.remember("the fork");
      lab.runs.add({ ...records.record(), name: `Before the fork at epoch ${explorer.trainingWords.grouped(frame.epoch)}` });
      const history = explorer.trainingRecords.pure.until(lab.history, frame.step);
      const first = frame.step === 0 && !log.count ? lab.live : lab.first; // a fork before the first update is a run from its start
      Object.assign(lab, { liveThen: null, first, history, moments: lab.moments.until(frame.step), frame, log });
      player.begin(run, null, frame.step);
      if (play) player.play();
      page.reflect();
    }

    // A kept, opened or compared run instead of the present one.
    function restore(record) {
      records.remember("the restored run");
      const frame = record.frame ?? { step: JSON.parse(record.run).step };
      records.restore({ first: null, sentence: "", own: null, history: explorer.history.create(), ...record, frame });
    }

    return { ask, show, fork, restore };
  }

  window.explorer = Object.assign(explorer, { trainingPast: { create } });
})();
