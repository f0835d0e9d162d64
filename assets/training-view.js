"use strict";
// The training lab's part of the page: pictures, numbers, sentences. It shows what it is given and knows of no run.
(() => {
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`training-${name}`);
  const MAPS = ["plane", "curve"]; // what is drawn of the output itself
  const PANELS = { bent: "bentGrid", confusion: "classPicture", scatter: "scatterPicture", pad: "digitPad", health: "healthBars" };
  const BOXES = { bent: "bent", confusion: "classes", scatter: "scatter", pad: "pad", health: "health" };

  // Only what is new: assistive software takes notice of everything that is written.
  function put(name, text) {
    if (element(name).textContent !== text) element(name).textContent = text;
  }

  // Which panels mean something for this data.
  function fits(name, { view, reading, image }) {
    if (name === "confusion") return reading !== "value";
    if (name === "scatter") return reading === "value" && view === "table";
    return name === "pad" ? Boolean(image) : true;
  }

  // lab: {touch(setting, value), wish(more): a panel wants to know something, mode(): what a click on a link does}
  function create(lab) {
    const { trainingWords: words } = explorer;
    const palette = explorer.plots.palette();
    let [pointed, picked, scene, frame, open] = [null, null, null, null, new Set()];
    const network = explorer.networkPicture.create(element("network"), { palette, onHover: hovered, onPick: pick, onCut: cutLink, mode: lab.mode });
    const card = explorer.neuronCard.create(element("card"), { change: lab.touch, close: () => pick(null), palette });
    const outputs = outputPictures(palette);
    const panels = Object.fromEntries(Object.entries(PANELS).map(([name, kind]) => [name, explorer[kind].create(element(BOXES[name]), { palette, wish: lab.wish })]));
    const chart = explorer.trainingCurves.create("training-curves");
    const tools = explorer.trainingTools.create(element("brush"), element("shown-output"), {
      brush: (brush) => MAPS.forEach((view) => outputs[view].brush(brush)),
      output: (index) => outputs.plane.output(index),
      parts: (shown) => outputs.curve.parts(shown),
    });

    function outputPictures() {
      const [plane, curve] = MAPS.map(() => document.createElement("div"));
      for (const box of [plane, curve]) Object.assign(box, { className: "picture-fill", hidden: true });
      element("output").append(plane, curve);
      const options = { palette, onHover: read, onDraw: (rows) => lab.touch("points", rows) };
      return { plane: explorer.outputMap.create(plane, options), curve: explorer.curvePicture.create(curve, options), boxes: { plane, curve } };
    }

    function hovered(target) {
      pointed = target;
      put("network-said", target ? words.target(target, scene) : resting());
    }

    // What stands below the network while nothing is pointed at.
    function resting() {
      if (lab.mode() === "cut") return "Click a link to cut it; click where it was to bring it back, at 0.";
      return [network.caption(), scene?.neuron_help].filter(Boolean).map((text) => text.replace(/\.?$/, ".")).join(" ");
    }

    function pick(target) {
      if (target?.kind === "link" && lab.mode() === "cut") return cutLink(target);
      picked = target;
      network.pin(target);
      return card.show(target);
    }

    function cutLink({ index, cut }) {
      lab.touch(cut ? "restore" : "cut", index);
    }

    let question = ""; // which of network and straight line one would trust

    function read(place) {
      put("output-said", place ? words.place(place, scene) : scene?.view === "curve" ? question : "");
    }

    function weigh({ sentence, ...line }) {
      if (element("output-said").textContent === question) put("output-said", sentence);
      question = sentence;
      outputs.curve.line(line);
    }

    function recolour() {
      const now = explorer.plots.palette();
      for (const each of [network, card, outputs.plane, outputs.curve, ...Object.values(panels)]) each.palette?.(now);
    }

    const watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const name = Object.keys(BOXES).find((each) => element(BOXES[each]) === target);
        if (open.has(name) === isIntersecting) continue;
        if (isIntersecting) open.add(name);
        else open.delete(name);
        if (isIntersecting) lab.wish({});
      }
    }, { rootMargin: "40px" });
    for (const name of Object.keys(BOXES)) watcher.observe(element(BOXES[name]));

    window.addEventListener("explorer:theme", recolour);

    function showScene(next) {
      if (next.view !== scene?.view) {
        question = "";
        put("output-said", "");
      }
      scene = next;
      for (const view of MAPS) outputs.boxes[view].hidden = view !== scene.view;
      element("output-panel").hidden = !MAPS.includes(scene.view);
      for (const name of Object.keys(PANELS)) element(`${BOXES[name]}-panel`).hidden = !fits(name, scene);
      element("network").classList.remove("stale");
      element("number-test").hidden = !scene.cases.test;
      network.scene(scene);
      card.scene(scene);
      if (MAPS.includes(scene.view)) outputs[scene.view].scene(scene);
      for (const name of Object.keys(PANELS)) if (fits(name, scene)) panels[name].scene(scene);
      tools.scene(scene);
      if (picked) pick(null);
    }

    function showNumbers() {
      put("epoch", words.grouped(frame.epoch));
      put("step", words.grouped(frame.step));
      for (const part of ["training", "validation", "test"]) {
        put(`${part}-error`, words.error(frame[`${part}_error`]));
        put(`${part}-accuracy`, frame.accuracy && scene.cases[part] ? words.share(frame.accuracy[part]) : "");
      }
    }

    // A plane with points and without a network.
    function sketch(blank) {
      scene = blank;
      element("network").classList.add("stale"); // a former run's
      for (const name of Object.keys(PANELS)) element(`${BOXES[name]}-panel`).hidden = !fits(name, scene);
      for (const view of MAPS) outputs.boxes[view].hidden = view !== "plane";
      element("output-panel").hidden = false;
      outputs.plane.scene(scene);
      tools.scene(scene);
    }

    return {
      network,
      sketch,
      card,
      outputs,
      panels,
      curves: (parts) => chart.draw({ ...parts, error: scene?.error_title }),
      open: () => [...[...open].filter((name) => scene && fits(name, scene)), ...(scene?.view === "curve" ? ["trust"] : [])],
      scene: showScene,
      points(points) {
        scene = { ...scene, points };
        if (MAPS.includes(scene.view)) outputs[scene.view].scene(scene);
        panels.bent.scene(scene);
      },
      frame(next) {
        frame = next;
        network.frame(frame);
        card.frame(frame);
        if (MAPS.includes(scene.view)) outputs[scene.view].frame(frame);
        showNumbers();
      },
      report(report) {
        for (const [name, told] of Object.entries(report)) panels[name]?.report(told);
        if (report.trust) weigh(report.trust);
      },
      sentence(text) {
        put("sentence", text);
        if (!pointed) hovered(null);
      },
      // For those who listen: the numbers above are silent.
      speak: (shown, sentence) => put("spoken", words.spoken(shown, sentence)),
      // The play button and the sentence of state; the record is that of words.state().
      state({ playing, ...record }) {
        put("play", playing ? "Pause" : "Play");
        element("play").classList.toggle("symbol-pause", playing);
        element("play").classList.toggle("symbol-play", !playing);
        put("state", words.state(record));
      },
    };
  }

  window.explorer = Object.assign(explorer, { trainingView: { create, pure: { fits } } });
})();
