"use strict";
// The hands of who plays in the lab: what the buttons do to the run, and what a hand in the pictures does.
(() => {
  const LAB = "training";
  const TOUCHES = { weight: "the edited weight", cut: "the cut link", restore: "the restored link", points: "the drawn points" };
  const explorer = window.explorer;

  // lab: the lab's own record; page: {startOver(words: what undo would take back), sketch(), sayHow(), reflect()}
  function create(lab, player, records, page) {
    // uponPast(): what becomes of a past that is looked at.
    function handsOn(uponPast) {
      lab.refusal = ""; // its reader goes on
      if (lab.time.past()) uponPast();
      else lab.time.forget(); // what is on its way to the past comes too late
    }

    // ---- the buttons ---------------------------------------------------------------------------------------------

    function playOrPause() {
      if (player.state.playing) return player.pause();
      lab.spoken = performance.now();
      return player.play();
    }

    // Learning case by case: an update on a single one.
    function singleCase() {
      lab.live = { ...lab.live, batch_size: 1 };
      explorer.settings.set(LAB, { batch_size: 1 });
      player.single(1);
    }

    const BUTTONS = {
      play: playOrPause,
      "step-case": singleCase,
      "step-update": () => player.single(1),
      "step-epoch": () => player.single(lab.frame?.updates_per_epoch ?? 1),
      reset: () => page.startOver("the reset"),
      "new-seed": () => explorer.settings.set(LAB, { seed: Math.floor(Math.random() * 1e6) }),
    };

    function press(action) {
      handsOn(lab.time.leave);
      action();
      page.reflect();
    }

    // A preset's button -> the values of all controls, in their order.
    function preset(clicks, presets) {
      const { triggered_id: pressed, outputs_list: outputs } = window.dash_clientside.callback_context;
      page.startOver("the preset"); // from the beginning also where the settings are those already
      return outputs.map(({ id }) => presets[pressed.preset][id.setting]);
    }

    // ---- in the pictures -----------------------------------------------------------------------------------------

    // What a hand does to the run.
    function touch(setting, value) {
      handsOn(() => lab.time.fork(false)); // a hand on the past makes another future
      const before = records.record();
      if (setting === "points" && lab.settings.dataset === "drawn") {
        lab.stroke = true;
        explorer.trainingOwn.add(value);
        lab.stroke = false;
      }
      if (player.state.run === null) return page.sketch();
      records.rememberTouch(TOUCHES[setting], before);
      player.change(setting, value);
      return page.reflect();
    }

    const linkMode = () => document.querySelector("[data-linkmode][aria-pressed=true]")?.dataset.linkmode ?? "edit";

    function chooseLinkMode({ target }) {
      const button = target.closest("[data-linkmode]");
      if (!button) return;
      for (const each of document.querySelectorAll("[data-linkmode]")) each.setAttribute("aria-pressed", each === button);
      page.sayHow(); // what a click does is told below the network
    }

    function bind() {
      for (const [name, action] of Object.entries(BUTTONS)) document.getElementById(`training-${name}`).addEventListener("click", () => press(action));
      document.addEventListener("click", chooseLinkMode);
    }

    return { bind, preset, touch, linkMode };
  }

  window.explorer = Object.assign(explorer, { trainingHands: { create } });
})();
