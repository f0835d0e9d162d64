"use strict";
// Sixteen seeds of the present network at once: median and quartiles on the learning curves.
(() => {
  const LEAST_EPOCHS = 50;
  const EVERY = 160; // ms between two drawings on the way
  const PARTS = ["training", "validation"];
  const shared = () => window.explorer.trainingExperiments; // loaded after this file

  // ---- pure ----------------------------------------------------------------------------------------------------

  const quartiles = (values) => shared().pure.quartiles(values);
  const short = (value, digits) => shared().pure.short(value, digits);
  const last = (group, name, seed) => shared().pure.last(group, name, seed);

  // Groups of seeds -> quartiles of all of them at each look that some have reached.
  function bandsOf(groups) {
    const grown = groups.filter(({ epochs }) => epochs.length);
    const longest = grown.reduce((most, { epochs }) => (epochs.length > most.length ? epochs : most), []);
    const band = (name) => {
      const each = longest.map((_, i) => quartiles(grown.flatMap(({ curves }) => curves[name][i] ?? [])));
      return { low: each.map(({ low }) => low), median: each.map(({ median }) => median), high: each.map(({ high }) => high) };
    };
    const bands = { epochs: longest, seeds: grown.reduce((sum, { seeds }) => sum + seeds.length, 0) };
    for (const part of PARTS) [bands[part], bands[`${part}Accuracy`]] = [band(`${part}_error`), band(`${part}_accuracy`)];
    return bands;
  }

  // The outline of a band: along its high side and back along its low one. The logarithmic axis of errors has no place for 0.
  function outline(epochs, { low, high }, measure) {
    const there = epochs.map((_, i) => i).filter((i) => low[i] !== null && high[i] !== null && (low[i] > 0 || measure === "accuracy"));
    const back = [...there].reverse();
    return { x: [...there, ...back].map((i) => epochs[i]), y: [...there.map((i) => high[i]), ...back.map((i) => low[i])] };
  }

  // bands -> Plotly traces: an area between the quartiles and the line of the medians, for training and validation.
  function traces(bands, measure) {
    if (!bands?.epochs.length) return [];
    return PARTS.flatMap((part) => {
      const band = bands[measure === "accuracy" ? `${part}Accuracy` : part];
      if (band.median.every((value) => value === null)) return [];
      const name = `${part === "training" ? "Training" : "Validation"}, ${bands.seeds} seeds`;
      const common = { type: "scatter", mode: "lines", name, legendgroup: name };
      const area = { ...common, ...outline(bands.epochs, band, measure), fill: "toself", fillcolor: `token:${part}/0.16`, line: { width: 0, color: `token:${part}/0` }, showlegend: false, hoverinfo: "skip" };
      const line = { ...common, x: bands.epochs.slice(), y: band.median.slice(), line: { color: `token:${part}/0.85`, width: 1.5, dash: "6px,3px" } };
      line.customdata = band.low.map((low, i) => `${short(low)} to ${short(band.high[i])}`);
      line.hovertemplate = "%{y:.4~g} (%{customdata})";
      return [area, line];
    });
  }

  // present: {epoch, training_error, validation_error} of the run on the page.
  function sentence(groups, epochs, present) {
    const all = groups.flatMap((group) => group.seeds.map((_, seed) => ({ group, seed })));
    const lost = all.filter(({ group, seed }) => group.diverged[seed]).length;
    const some = all.some(({ group, seed }) => last(group, "validation_error", seed) !== null);
    const part = some ? "validation" : "training";
    const { low, median, high } = quartiles(all.map(({ group, seed }) => last(group, `${part}_error`, seed)));
    const { plural } = shared().pure;
    const began = `${plural(all.length, "seed")} after ${plural(epochs, "epoch")}`;
    if (median === null) return `${began}: all diverged; a smaller learning rate helps.`;
    const own = present?.epoch > 0 ? (present[`${part}_error`] ?? null) : null;
    const at = present && Math.round(present.epoch) !== epochs ? ` at epoch ${Math.round(present.epoch).toLocaleString("en")}` : "";
    const mine = own === null ? "" : `; this run ${short(own)}${at}`;
    return `${began}: ${part} error ${short(median)} in the median (quartiles ${short(low)} to ${short(high)})${mine}${lost ? `; ${lost} diverged and count no further` : ""}.`;
  }

  // Whether bands of these settings belong to the present ones: the seed may be another of them.
  const OTHER = ["seed", "stop_epochs", "stop_error", "patience"];
  const counts = (field) => !OTHER.includes(field) && !window.explorer.settings.looks("training").includes(field);
  const about = ({ settings, own }) => JSON.stringify([Object.entries(settings).filter(([field]) => counts(field)), own ?? null]);

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {settings() -> {settings, own in full}, present() -> where the run stands or null, epochs(), ask, openRun(record), draw(bands | null)}
  function create(el, lab) {
    const { make, grow, open, pure } = shared();
    let [groups, wish, drawn] = [[], null, -Infinity];
    const chosen = make("div", { className: "experiment-seeds" });
    const more = make("details", { className: "quiet-details experiment-more", hidden: true }, [make("summary", { textContent: "Open the run of a seed" }), chosen]);
    el.classList.add("experiment");
    const tip = "Trains this network with 16 seeds, each with its own data, split, first weights and orders, and shows median and quartiles on the curves";
    const experiment = shared().create(el, { label: "16 seeds", tip, ask: lab.ask, cancelled: () => (show(true), "Cancelled; the bands are those so far.") }, work);
    el.append(more);

    function show(atOnce) {
      const now = performance.now();
      if (!atOnce && now - drawn < EVERY) return;
      drawn = now;
      lab.draw(groups.some(({ epochs }) => epochs.length) ? bandsOf(groups) : null);
    }

    async function work({ ask, progress }) {
      forget();
      wish = { ...lab.settings(), width: null };
      const present = lab.present();
      const goal = Math.max(LEAST_EPOCHS, Math.round(lab.epochs()));
      const plan = await ask("/training/bands", { ...wish, epochs: goal });
      groups = plan.groups.map(({ seeds }) => pure.nothing(seeds));
      const count = plan.groups.reduce((sum, { seeds }) => sum + seeds.length, 0);
      for (const [i, { seeds }] of plan.groups.entries()) {
        const before = plan.groups.slice(0, i).reduce((sum, group) => sum + group.seeds.length, 0);
        await grow(ask, { ...wish, seeds }, pure.looks(plan.epochs), (grown) => {
          groups[i] = grown;
          progress((before + (seeds.length * grown.epoch) / plan.epochs) / count, `Epoch ${Math.floor(grown.epoch).toLocaleString("en")} of ${plan.epochs.toLocaleString("en")}`);
          show(false);
        });
      }
      show(true);
      offer();
      return `${sentence(groups, plan.epochs, present)} ${plan.same}`;
    }

    // Each seed is an ordinary run.
    function offer() {
      chosen.replaceChildren(...groups.flatMap((group) => group.seeds.map((seed, place) => {
        const error = last(group, "validation_error", place) ?? last(group, "training_error", place);
        const told = group.diverged[place] ? "diverged" : short(error, 2);
        const button = make("button", { type: "button", className: "button button-subtle experiment-seed", aria: { label: `Open the run of seed ${seed}, error ${told}` } }, [make("b", { textContent: seed }), ` ${told}`]);
        button.addEventListener("click", async () => {
          const refusal = await open(lab, wish, group, place, `Seed ${seed}`);
          if (refusal) experiment.say(refusal);
        });
        return button;
      })));
      more.hidden = false;
    }

    function forget() {
      [groups, wish] = [[], null];
      more.hidden = true;
      lab.draw(null);
    }

    return {
      // A new run: bands of another network or of other data go.
      scene() {
        if (!wish || about(wish) === about(lab.settings())) return;
        experiment.stop();
        forget();
        experiment.say("", false);
      },
    };
  }

  window.explorer = Object.assign(window.explorer, { trainingBands: { create, pure: { bandsOf, outline, traces, sentence, about } } });
})();
