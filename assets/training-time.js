"use strict";
// The timeline: back to any moment of the run, on from there, back to the best epoch, and undo.
(() => {
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`training-${name}`);
  const MOST_ASKED = 200; // ticks to get to a step exactly; a slow network stays where it has come to

  // lab: {moments(), present() -> {step, epoch, best}, ask(run, step) -> Promise(answer), show(past | null), fork(past, play), undo(), undoable() -> words or ""}
  function create(lab) {
    let [past, turn, busy] = [null, 0, false];
    const slider = Object.assign(document.createElement("input"), { type: "range", min: "0", max: "1", step: "1", value: "1", disabled: true, ariaLabel: "Moment of the run" });
    const said = Object.assign(document.createElement("span"), { className: "hint" });
    element("timeline").append(slider, said);

    // ---- where the slider is ---------------------------------------------------------------------------------------

    function follow() {
      const moments = lab.moments().all();
      slider.max = String(Math.max(1, moments.length - 1));
      slider.disabled = moments.length < 2;
      if (!past) slider.value = slider.max;
      tell();
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

    // To a step exactly: from the moment before it, as the run went.
    async function travel(step) {
      const mine = ++turn;
      let { run, step: from } = lab.moments().before(step);
      busy = true;
      for (let asked = 0; asked < MOST_ASKED; asked++) {
        const answer = await lab.ask(run, from, step);
        if (mine !== turn) return;
        if (!answer || answer.error) break;
        const frame = answer.frames.at(-1);
        [run, past] = [answer.run, { run: answer.run, frame, log: answer.log, sentence: answer.sentence, report: answer.report, points: answer.scene?.points }];
        const stuck = frame.step === from || frame.diverged_at !== null;
        from = frame.step;
        lab.show(past);
        if (from >= step || stuck) break;
      }
      busy = false;
      tell();
    }

    function leave() {
      turn += 1;
      past = null;
      lab.show(null);
      follow();
    }

    function moved() {
      const moments = lab.moments().all();
      const place = Number(slider.value);
      if (place >= moments.length - 1) return leave();
      return travel(moments[place].step);
    }

    slider.addEventListener("input", moved);
    element("now").addEventListener("click", leave);
    element("undo").addEventListener("click", lab.undo);
    element("rewind").addEventListener("click", () => {
      const { best } = lab.present();
      if (best) travel(best.step);
    });
    // On from the moment that is looked at.
    function fork(play) {
      if (!past) return;
      const from = past;
      [past, turn] = [null, turn + 1];
      lab.fork(from, play);
      follow();
    }

    element("fork").addEventListener("click", () => fork(true));

    return {
      follow,
      // The run moved on by itself, or is another: the past is left without showing the present anew.
      forget() {
        [past, turn] = [null, turn + 1];
        follow();
      },
      past: () => past,
      leave,
      fork,
      busy: () => busy,
    };
  }

  window.explorer = Object.assign(explorer, { trainingTime: { create } });
})();
