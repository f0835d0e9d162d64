"use strict";
// The timeline: back to any moment of the run, on from there, back to the best epoch, and undo.
(() => {
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`training-${name}`);
  const MOST_ASKED = 200; // ticks to get to a step exactly; a slow network stays where it has come to
  const PLACES = 240; // on the slider at least: a fast run has few moments, and much between two of them

  // ---- pure ----------------------------------------------------------------------------------------------------

  // So many places from each moment to the next.
  const fineness = (moments) => Math.max(1, Math.ceil(PLACES / Math.max(1, moments.length - 1)));

  // The run began at step 0, also where that moment is not known any more, as after a reload.
  const fromStart = (moments) => (moments[0]?.step > 0 ? [{ step: 0 }, ...moments] : moments);

  // The step at a place: of a moment, or between two of them.
  function stepAt(moments, place) {
    const [before, share] = [Math.floor(place), place % 1];
    const { step } = moments[before];
    return share ? Math.round(step + share * (moments[before + 1].step - step)) : step;
  }

  // The place of a step.
  function placeOf(moments, step) {
    const before = Math.max(0, moments.findLastIndex((moment) => moment.step <= step));
    const [{ step: low }, next] = [moments[before], moments[before + 1]];
    return next ? before + (step - low) / (next.step - low) : before;
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {moments(), run() -> the present one, present() -> {step, epoch, best}, ask(run, from, step) -> Promise(answer), show(past | null), failed(answer), fork(past, play), undo(), undoable() -> words or ""}
  function create(lab) {
    let [past, turn, busy, wanted] = [null, 0, false, null];
    const slider = Object.assign(document.createElement("input"), { type: "range", min: "0", max: "1", step: "1", value: "1", disabled: true, ariaLabel: "Moment of the run" });
    const said = Object.assign(document.createElement("span"), { className: "hint" });
    element("timeline").append(slider, said);

    // ---- where the slider is ---------------------------------------------------------------------------------------

    function follow() {
      const moments = fromStart(lab.moments().all());
      slider.max = String(Math.max(1, (moments.length - 1) * fineness(moments)));
      slider.disabled = moments.length < 2;
      put(past?.frame.step);
      tell();
    }

    // The thumb to a step; without one to the end.
    function put(step) {
      const moments = fromStart(lab.moments().all());
      slider.value = step === undefined ? slider.max : String(Math.round(placeOf(moments, step) * fineness(moments)));
    }

    function tell() {
      const { step, epoch, best } = past?.frame ?? lab.present() ?? { step: 0, epoch: 0, best: null };
      const { grouped } = explorer.trainingWords;
      const words = past ? `Epoch ${grouped(epoch)}, update ${grouped(step)}: in the past` : `Epoch ${grouped(epoch)}: now`;
      slider.setAttribute("aria-valuetext", words);
      if (said.textContent !== words) said.textContent = words;
      element("fork").disabled = !past;
      element("now").disabled = !past;
      element("rewind").disabled = !(lab.present()?.best ?? best);
      const undo = lab.undoable();
      element("undo").disabled = !undo;
      element("undo").dataset.tip = undo ? `Undo: ${undo}` : "Nothing to undo";
    }

    // ---- travelling ------------------------------------------------------------------------------------------------

    // One question at a time, and after it only the last of those that came meanwhile: a drag never lags behind.
    async function travel(step) {
      if (lab.run() === null) return;
      wanted = step;
      if (busy) return;
      busy = true;
      while (wanted !== null) {
        const to = wanted;
        wanted = null;
        await arrive(to, turn);
      }
      busy = false;
      follow();
    }

    // The run to begin with, and where it stands. What is looked at is as good as a moment, where it lies between the
    // moment and the step. Where neither leads there, as after a reload, it is the present run, made anew from its start.
    function nearest(step) {
      const { logOf, hasMet, facing } = explorer.trainingMoments;
      const log = logOf(lab.run());
      const moment = lab.moments().before(step, log);
      const seen = past && { run: past.run, step: past.frame.step };
      const near = seen && seen.step <= step && seen.step > (moment?.step ?? -1) && hasMet(seen, log) ? seen : moment;
      if (!near) return [lab.run(), null];
      return [near.step < step ? facing(near.run, log, step) : near.run, near.step];
    }

    // To a step exactly: from what is known before it, as the run went.
    async function arrive(step, mine) {
      let [run, from] = nearest(step);
      for (let asked = 0; asked < MOST_ASKED && wanted === null; asked++) {
        const answer = await lab.ask(run, from, step);
        if (mine !== turn) return;
        if (!answer || answer.error) return lab.failed(answer);
        const frame = answer.frames.at(-1);
        [run, past] = [answer.run, { run: answer.run, frame, log: answer.log, sentence: answer.sentence, report: answer.report, points: answer.scene?.points }];
        const stuck = frame.step === from || frame.diverged_at !== null;
        from = frame.step;
        lab.show(past);
        if (from >= step || stuck) return;
      }
    }

    // What is on its way to the past belongs to nobody any more.
    function abandon() {
      [past, turn, wanted] = [null, turn + 1, null];
    }

    function leave() {
      abandon();
      lab.show(null);
      follow();
    }

    function moved() {
      const moments = fromStart(lab.moments().all());
      const place = Number(slider.value) / fineness(moments);
      if (place >= moments.length - 1) return leave();
      return travel(stepAt(moments, place));
    }

    slider.addEventListener("input", moved);
    element("now").addEventListener("click", leave);
    element("undo").addEventListener("click", lab.undo);
    element("rewind").addEventListener("click", () => {
      const { best } = lab.present();
      if (!best) return;
      put(best.step);
      travel(best.step);
    });
    // On from the moment that is looked at.
    function fork(play) {
      if (!past) return;
      const from = past;
      abandon();
      lab.fork(from, play);
      follow();
    }

    element("fork").addEventListener("click", () => fork(true));

    return {
      follow,
      // The run moved on by itself, or is another: the past is left without showing the present anew.
      forget() {
        abandon();
        follow();
      },
      past: () => past,
      // The same moment anew: a panel was opened, or wants to know something else.
      again: () => travel(past.frame.step),
      leave,
      fork,
      busy: () => busy,
    };
  }

  window.explorer = Object.assign(explorer, { trainingTime: { create, pure: { fineness, fromStart, stepAt, placeOf } } });
})();
