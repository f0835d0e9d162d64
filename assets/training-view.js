"use strict";
// The training lab's part of the page: pictures, numbers, sentences. It shows what it is given and knows of no run.
(() => {
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`training-${name}`);

  // Only what is new: assistive software takes notice of everything that is written.
  function put(name, text) {
    if (element(name).textContent !== text) element(name).textContent = text;
  }

  function create() {
    const { trainingWords: words } = explorer;
    const palette = explorer.plots.palette();
    let pointed = null;
    const network = explorer.networkPicture.create(element("network"), { palette, onHover: hovered });
    const output = explorer.outputMap.create(element("output"), { palette, onHover: read });
    const chart = explorer.trainingCurves.create("training-curves");

    function hovered(target) {
      pointed = target;
      put("network-said", target ? words.target(target) : network.caption());
    }

    function read(place) {
      put("output-said", place ? words.place(place) : "");
    }

    function recolour() {
      for (const picture of [network, output]) picture.palette(explorer.plots.palette());
    }

    window.addEventListener("explorer:theme", recolour);

    return {
      network,
      curves: chart.draw,
      scene(scene) {
        network.scene(scene);
        output.scene(scene);
      },
      frame(frame) {
        network.frame(frame);
        output.frame(frame);
        put("epoch", words.grouped(frame.epoch));
        put("step", words.grouped(frame.step));
        put("training-error", words.error(frame.training_error));
        put("validation-error", words.error(frame.validation_error));
      },
      sentence(text) {
        put("sentence", text);
        if (!pointed) put("network-said", network.caption());
      },
      // For those who listen: the numbers above are silent.
      speak: (frame, sentence) => put("spoken", words.spoken(frame, sentence)),
      // The play button and the sentence of state; the record is that of words.state().
      state({ playing, ...record }) {
        put("play", playing ? "Pause" : "Play");
        element("play").classList.toggle("symbol-pause", playing);
        element("play").classList.toggle("symbol-play", !playing);
        put("state", words.state(record));
      },
    };
  }

  window.explorer = Object.assign(explorer, { trainingView: { create } });
})();
