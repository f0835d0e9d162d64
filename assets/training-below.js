"use strict";
// What stands below the curves: experiments with many runs, the network's own error surface, files. Binds each to the lab.
(() => {
  const MOST_WEIGHTS = 60000; // of which the error surface offers those that moved most
  const MOST_MOMENTS = 120; // of the path on it
  const explorer = window.explorer;
  const element = (name) => document.getElementById(`training-${name}`);

  // ---- pure ----------------------------------------------------------------------------------------------------

  // Every weight that exists by its place and name, as the flat vector holds them: layer after layer, neuron after
  // neuron, bias last. cut: bits of the links that do not exist, or null
  function weightsOf({ sizes, input_names: inputs = [] }, cut = null) {
    const list = [];
    let index = 0;
    for (let layer = 1; layer < sizes.length; layer++)
      for (let to = 0; to < sizes[layer]; to++)
        for (let from = 0; from <= sizes[layer - 1]; from++, index++) {
          if (list.length >= MOST_WEIGHTS) return list;
          if (explorer.networkLinks.isCut(cut, index)) continue;
          const source = from === sizes[layer - 1] ? "bias" : `from ${layer === 1 ? (inputs[from] ?? `input ${from + 1}`) : `neuron ${from + 1}`}`;
          const where = layer === sizes.length - 1 ? (sizes[layer] > 1 ? `output ${to + 1}` : "output") : `layer ${layer}, neuron ${to + 1}`;
          list.push({ index, title: `${where}, ${source}` });
        }
    return list;
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: the lab's own record; player; records; past; page: {told(full), bands(bands | null)}
  function create(lab, player, records, past, page) {
    const palette = explorer.plots.palette();
    const { ask } = explorer.exchange;
    const settings = () => explorer.settings.pure.link({ ...lab.settings, ...lab.live });
    const present = () => lab.frame;
    const openRun = (record) => past.restore(record);
    const shared = { settings: () => ({ settings: settings(), own: page.told(true) }), present, ask, openRun };
    const experiments = {
      bands: explorer.trainingBands.create(element("bands"), { ...shared, epochs: () => lab.frame?.epoch ?? 0, draw: page.bands }),
      capacity: explorer.trainingCapacity.create(element("capacity"), shared),
      remedies: explorer.trainingRemedies.create(element("remedies"), shared),
    };
    const slice = explorer.sliceSurface.create(element("slice"), {
      palette,
      ask(wish) {
        const run = lab.time.past()?.run ?? player.state.run;
        return run === null ? Promise.resolve(null) : ask("/training/slice", { settings: settings(), own: page.told(false), run, ...wish });
      },
      moments() {
        const some = lab.moments.some(MOST_MOMENTS);
        return { weights: some.map(({ weights }) => weights), steps: some.map(({ step }) => step) };
      },
      weights: () => (lab.scene ? weightsOf(lab.scene, lab.frame?.cut ? explorer.canvas.bytes(lab.frame.cut) : null) : []),
    });
    explorer.trainingExports.create(element("exports"), { run: records.record, runs: lab.runs.all, open: opened });

    // The first of the file is taken up, all are kept as far as there is room.
    function opened(files) {
      const kept = files.filter((record) => lab.runs.add(record));
      past.restore(files[0]);
      return kept.length < files.length ? `${kept.length} of ${files.length} runs could be kept; the first is taken up.` : "";
    }

    new IntersectionObserver((entries) => slice.open(entries.at(-1).isIntersecting)).observe(element("slice"));
    window.addEventListener("explorer:theme", () => {
      for (const each of [slice, ...Object.values(experiments)]) each.palette?.(explorer.plots.palette());
    });

    return {
      scene(scene) {
        slice.scene(scene);
        for (const each of Object.values(experiments)) each.scene?.(scene);
      },
      frame: (frame) => slice.moved(frame),
    };
  }

  window.explorer = Object.assign(explorer, { trainingBelow: { create, pure: { weightsOf } } });
})();
