"use strict";
// A descent in time: play, step, scrub; what the optimizer reads and remembers at each step.
(() => {
  const LATER = 40; // ms between two questions for the numbers of a step

  // ---- pure ----------------------------------------------------------------------------------------------------

  const longest = (paths) => Math.max(0, ...paths.map(({ errors }) => errors.length - 1));

  // The step after so many ms at a speed of steps a second.
  const stepAt = (from, passed, speed, last) => Math.min(last, from + Math.floor((passed / 1000) * speed));

  // ---- the page ------------------------------------------------------------------------------------------------

  const element = (name) => document.getElementById(`surface-${name}`);

  // lab: {paths(), show(step or null, arrows), ask(step, follow, hear)}
  function create(lab) {
    const range = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1, id: "surface-timeline", ariaLabel: "Step of the descent" });
    element("timeline-place").replaceChildren(range);
    const play = element("play");
    let [step, playing, begun, from, asked] = [null, false, 0, 0, 0];
    let [moment, waiting] = [null, null];

    const last = () => longest(lab.paths());
    const speed = () => Number(element("play-speed").value);
    const followed = () => element("follow").value;

    function paint() {
      const shown = step ?? last();
      range.max = last();
      range.value = shown;
      range.setAttribute("aria-valuetext", `step ${shown} of ${last()}`);
      element("step-number").textContent = `Step ${shown.toLocaleString("en")} of ${last().toLocaleString("en")}`;
      lab.show(step, step === null || moment?.step !== step ? [] : arrows());
      element("update").hidden = step === null;
    }

    function arrows() {
      const path = lab.paths().find(({ name }) => name === moment.follow);
      if (!path || 2 * step >= path.weights.length) return [];
      const origin = [path.weights[2 * step], path.weights[2 * step + 1]];
      return moment.arrows.map(({ by, kind }) => ({ from: origin, by, name: kind === "step" ? moment.follow : "ink", dash: kind === "velocity" ? "dot" : kind === "gradient" ? "dash" : "solid" }));
    }

    function go(next) {
      step = next === null ? null : Math.min(Math.max(next, 0), last());
      paint();
      if (step !== null) tellLater();
    }

    // The numbers follow the hand, and only those of the last step that it came to.
    function tellLater() {
      clearTimeout(waiting);
      const wait = Math.max(0, asked + LATER - performance.now());
      waiting = setTimeout(() => {
        asked = performance.now();
        lab.ask(step, followed());
      }, wait);
    }

    function hear(answer) {
      if (answer?.error || !answer) return;
      moment = answer;
      element("update-title").textContent = answer.title;
      element("update-lines").replaceChildren(...answer.lines.map((textContent) => Object.assign(document.createElement("li"), { textContent })));
      element("memory").replaceChildren(...answer.memory.flatMap(({ name, values }) => bars(name, values)));
      paint();
    }

    function bars(name, values) {
      const largest = Math.max(...values.map(Math.abs), 1e-300);
      return values.map((value, i) => {
        const bar = Object.assign(document.createElement("span"), { className: "memory-bar" });
        bar.style.setProperty("--share", Math.abs(value) / largest);
        const words = Object.assign(document.createElement("span"), { textContent: `${name}, w${i + 1}: ${Number(value.toPrecision(3))}`.replace(/-/g, "−") });
        const row = Object.assign(document.createElement("div"), { className: "memory-row" });
        row.append(words, bar);
        return row;
      });
    }

    function tick(now) {
      if (!playing) return;
      const next = stepAt(from, now - begun, speed(), last());
      if (next !== step) go(next);
      if (next >= last()) return pause();
      requestAnimationFrame(tick);
    }

    function start() {
      if (!last()) return;
      playing = true;
      play.textContent = "Pause";
      from = step === null || step >= last() ? 0 : step;
      begun = performance.now();
      go(from);
      requestAnimationFrame(tick);
    }

    function pause() {
      playing = false;
      play.textContent = "Play";
    }

    function halt(next) {
      pause();
      go(next);
    }

    play.addEventListener("click", () => (playing ? pause() : start()));
    element("step-back").addEventListener("click", () => halt((step ?? last()) - 1));
    element("step-on").addEventListener("click", () => halt((step ?? -1) + 1));
    element("whole-path").addEventListener("click", () => halt(null));
    range.addEventListener("input", () => halt(Number(range.value)));
    element("follow").addEventListener("change", () => step !== null && go(step));
    element("play-speed").addEventListener("change", () => {
      [from, begun] = [step ?? 0, performance.now()];
    });

    return {
      hear,
      // Other paths: what is offered to follow, and the same step of them.
      renew() {
        const names = lab.paths().map(({ name, title }) => ({ name, title }));
        const menu = element("follow");
        const before = menu.value;
        menu.replaceChildren(...names.map(({ name, title }) => Object.assign(document.createElement("option"), { value: name, textContent: title, selected: name === before })));
        if (step !== null) go(step);
        else paint();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { surfacePlayer: { create, pure: { longest, stepAt } } });
})();
