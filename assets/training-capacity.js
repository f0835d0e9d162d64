"use strict";
// Error against capacity: one hidden layer of 1 to 256 neurons, several seeds each, growing while it runs.
(() => {
  const EPOCHS = [1, 100000]; // what the field takes
  const FIRST_EPOCHS = 200;
  const MOST_LOOKS = 24;
  const EVERY = 200; // ms between two drawings on the way
  const CLEARLY = 1.1; // times: less is chance
  const AGREE = 0.75; // of the seeds must tell the same
  const NEAR = 4; // times: a peak so near the threshold is that of double descent
  const DEEP = 30; // times below the lowest validation error, where the axis ends
  const UNDER = 1.5; // times the training error of the best width: too few neurons to fit
  const shared = () => window.explorer.trainingExperiments; // loaded after this file

  // ---- pure ----------------------------------------------------------------------------------------------------

  const quartiles = (values) => shared().pure.quartiles(values);
  const short = (value, digits) => shared().pure.short(value, digits);
  const neurons = (width) => shared().pure.plural(width, "neuron");
  const argmin = (points, of) => points.reduce((least, point) => (of(point) < of(least) ? point : least));

  // Groups of cells -> one point for each width: every seed where it stands, median and quartiles.
  function pointsOf(groups) {
    const widths = [...new Set(groups.map(({ width }) => width))];
    return widths.map((width) => {
      const mine = groups.filter((group) => group.width === width);
      const runs = mine.flatMap(({ grown }) => grown.seeds.map((seed, place) => ({ seed, grown, place, training: shared().pure.last(grown, "training_error", place), validation: shared().pure.last(grown, "validation_error", place) })));
      const sound = runs.filter(({ training }) => training !== null);
      return { width, weights: mine[0].weights, runs: sound, lost: runs.filter(({ grown, place }) => grown.diverged[place]).length, training: quartiles(sound.map(({ training }) => training)), validation: quartiles(sound.map(({ validation }) => validation)) };
    }).filter(({ runs, lost }) => runs.length || lost);
  }

  const error = ({ validation }) => validation.median;

  // Whether validation error is clearly higher at one width than at another: its median, and most of the seeds.
  function higher(one, other) {
    if (!(error(one) > CLEARLY * error(other))) return false;
    const pairs = one.runs.flatMap((run) => other.runs.filter(({ seed }) => seed === run.seed).map((with_) => [run.validation, with_.validation]));
    return pairs.length > 0 && pairs.filter(([high, low]) => high > low).length >= AGREE * pairs.length;
  }

  // A peak between two clearly lower widths, near where there are as many weights as cases, on the way to a lower
  // training error: {before, peak, after}, the steepest of them, or null.
  function doubleDescent(points, threshold) {
    let [found, most] = [null, 0];
    for (let i = 1; i < points.length - 1; i++) {
      const [before, peak, after] = [argmin(points.slice(0, i), error), points[i], argmin(points.slice(i + 1), error)];
      const near = threshold !== null && peak.width <= NEAR * threshold && threshold <= NEAR * peak.width;
      const steep = error(peak) / Math.max(error(before), error(after));
      if (!near || steep <= most || !(peak.training.median < before.training.median)) continue;
      if (higher(peak, before) && higher(peak, after)) [found, most] = [{ before, peak, after }, steep];
    }
    return found;
  }

  // points: of all widths -> {kind, lowest, ...} by the rules above
  function judged(points, threshold) {
    const known = points.filter((point) => error(point) !== null);
    if (known.length < 2) return { kind: "none", known };
    const lowest = argmin(known, error);
    const [first, widest] = [known[0], known.at(-1)];
    const under = higher(first, lowest) && first.training.median > UNDER * lowest.training.median ? first : null;
    const double = doubleDescent(known, threshold);
    if (double) return { kind: "double", lowest, under, first, ...double };
    if (higher(widest, lowest)) return { kind: widest.training.median < lowest.training.median ? "over" : "worse", lowest, under, widest };
    const enough = known.find((point) => !higher(point, lowest));
    return { kind: "flat", lowest, under, enough, widest };
  }

  function sentence(points, threshold) {
    const told = judged(points, threshold);
    const lost = points.reduce((sum, point) => sum + point.lost, 0);
    const without = lost ? ` ${shared().pure.plural(lost, "run")} diverged and ${lost === 1 ? "is" : "are"} left out.` : "";
    if (told.kind === "none") return points.length ? `Too few widths to compare.${without}` : "";
    const { under, lowest } = told;
    const begin = under ? `With ${neurons(under.width)} even the training error stays at ${short(under.training.median, 2)}: underfitting. ` : "";
    return `${begin}${ENDS[told.kind](told, lowest)}${without}`;
  }

  const at = (point) => `${short(error(point), 2)} at ${neurons(point.width)}`;
  const percent = (share) => (share < 0.995 ? `by ${Math.round(100 * share)}\u00a0%` : `to ${short(1 + share, 2)} times that`);

  const ENDS = {
    double: ({ before, peak, after, first }) => `Validation error ${before === first ? `rises from ${at(before)}` : `falls to ${at(before)}, rises`} to ${at(peak)} and falls again, to ${at(after)}: double descent.`,
    over: ({ lowest, widest }) => `Validation error is lowest at ${neurons(lowest.width)} (${short(error(lowest), 2)}); from there to ${widest.width} it rises ${percent(error(widest) / error(lowest) - 1)} while training error falls: overfitting.`,
    worse: ({ lowest, widest }) => `Validation error is lowest at ${neurons(lowest.width)} (${short(error(lowest), 2)}); from there to ${widest.width} it rises ${percent(error(widest) / error(lowest) - 1)}, but training error does too: wide networks learn worse with this rate and so many epochs, which is no overfitting.`,
    flat: ({ enough, widest }) => (enough.width === widest.width
      ? `Validation error still falls at ${neurons(widest.width)} (${short(error(widest), 2)}): no overfitting at these widths.`
      : `From ${neurons(enough.width)} on more change little: validation error ${short(error(enough), 2)}, at ${widest.width} ${short(error(widest), 2)}. Fewer cases, more noise or more epochs show overfitting.`),
  };

  // A logarithmic axis has no place for 0.
  const positive = (value) => (value > 0 ? value : null);

  function dots(points, part) {
    const runs = points.flatMap((point) => point.runs.map((run) => ({ ...run, width: point.width })));
    return {
      type: "scatter", mode: "markers", showlegend: false, legendgroup: part, name: part,
      x: runs.map(({ width }) => width), y: runs.map((run) => positive(run[part])), customdata: runs.map(({ width, seed }) => [width, seed]),
      marker: { size: 5, color: `token:${part}/0.3` }, hovertemplate: `%{customdata[0]} neurons, seed %{customdata[1]}: ${part} error %{y:.3~g}<br>click to open this run<extra></extra>`,
    };
  }

  // The median, its bar from quartile to quartile; a click opens the run that is nearest to it.
  function medians(points, part) {
    const told = points.filter((point) => point[part].median > 0);
    const of = (key) => told.map((point) => point[part][key]);
    const bars = { type: "data", symmetric: false, array: told.map(({ [part]: q }) => q.high - q.median), arrayminus: told.map(({ [part]: q }) => q.median - q.low), color: `token:${part}/0.7`, thickness: 1.5, width: 3 };
    return {
      type: "scatter", mode: "lines+markers", legendgroup: part, name: part === "training" ? "Training" : "Validation", x: told.map(({ width }) => width), y: of("median"), error_y: bars,
      customdata: told.map((point) => [point.width, middle(point)?.seed, short(point[part].low), short(point[part].high), point.runs.length]), line: { color: `token:${part}`, width: 2 }, marker: { size: 7, color: `token:${part}`, symbol: part === "training" ? "circle" : "diamond" },
      hovertemplate: `%{x} neurons: ${part} error %{y:.3~g} (%{customdata[2]} to %{customdata[3]}), %{customdata[4]} seeds<br>click to open the run in the middle<extra></extra>`,
    };
  }

  // The run whose validation error, or else training error, is nearest to the median.
  function middle({ runs, validation, training }) {
    const [part, { median }] = validation.median === null ? ["training", training] : ["validation", validation];
    return runs.length ? argmin(runs, (run) => Math.abs(run[part] - median)) : null;
  }

  // The errors in sight: training errors far below every validation error lie beyond, or these would all look alike.
  function sight(points) {
    const all = points.flatMap(({ runs }) => runs.flatMap(({ training, validation }) => [training, validation])).filter((value) => value > 0);
    const lowest = Math.min(...points.map(error).filter((value) => value > 0));
    if (!all.length || !Number.isFinite(lowest)) return {};
    const range = [Math.log10(Math.max(Math.min(...all), lowest / DEEP)) - 0.1, Math.log10(Math.max(...all)) + 0.1];
    return { range, dtick: range[1] - range[0] > 2.5 ? 1 : "D2" };
  }

  // plan: {widths, threshold, outputs}
  function figure(points, { widths, threshold, outputs }) {
    const [low, high] = [widths[0], widths.at(-1)];
    const range = [Math.log10(low) - 0.06, Math.log10(high) + 0.06];
    const shown = threshold !== null && threshold >= low && threshold <= high;
    const line = { type: "line", xref: "x", yref: "paper", x0: threshold, x1: threshold, y0: 0, y1: 1, line: { color: "token:ink-quiet", width: 1.5, dash: "dot" } };
    const words = { xref: "x", x: Math.log10(threshold), yref: "paper", y: 1, yanchor: "bottom", showarrow: false, font: { size: 12, color: "token:ink-quiet" }, text: `as many weights<br>as training ${outputs > 1 ? "targets" : "cases"}`, xanchor: threshold > high / 3 ? "right" : threshold < 3 * low ? "left" : "center" };
    const ticks = widths.filter((width) => Number.isInteger(Math.log2(width)));
    return {
      data: [dots(points, "training"), dots(points, "validation"), medians(points, "training"), medians(points, "validation")],
      layout: {
        hovermode: "closest", showlegend: true, margin: { l: 60, r: 12, t: 64, b: 44 },
        legend: { orientation: "h", x: 0, y: 1.14, xanchor: "left", yanchor: "bottom" },
        xaxis: { type: "log", range, tickvals: ticks, ticktext: ticks.map(String), title: { text: "Neurons in the hidden layer" } },
        yaxis: { type: "log", tickformat: "~g", tickfont: { size: 11 }, ...sight(points), title: { text: "Mean error of a case" } },
        shapes: shown ? [line] : [], annotations: shown ? [words] : [],
      },
    };
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {settings() -> {settings, own in full}, ask, openRun(record)}
  function create(el, lab) {
    const { make, field, grow, open, pure } = shared();
    let [groups, wish, plan, drawn, chosen] = [[], null, null, -Infinity, ""];
    const epochs = field("Epochs", FIRST_EPOCHS, EPOCHS, "How long each run is trained");
    const chart = make("div", { className: "experiment-chart", hidden: true });
    const about = make("p", { className: "hint experiment-about" });
    const body = make("tbody");
    const heads = ["Neurons", "Weights", "Training", "Validation", "Seeds"];
    const table = make("table", {}, [make("thead", {}, [make("tr", {}, heads.map((textContent) => make("th", { scope: "col", textContent })))]), body]);
    const more = make("details", { className: "quiet-details experiment-more", hidden: true }, [make("summary", { textContent: "As a table, with each run to open" }), make("div", { className: "experiment-table" }, [table])]);
    el.classList.add("experiment");
    const tip = "One hidden layer of each width, several seeds each, as often as the field says over all training cases";
    const experiment = shared().create(el, { label: "Error against width", tip, fields: [epochs], ask: lab.ask, cancelled }, work);
    el.append(chart, about, more);

    const points = () => pointsOf(groups);

    function show(atOnce) {
      const now = performance.now();
      if (!atOnce && now - drawn < EVERY) return undefined;
      drawn = now;
      return window.explorer.plots.draw(chart, figure(points(), plan)).then(listen);
    }

    let listening = false;
    function listen(plot) {
      if (listening) return;
      listening = true;
      plot.on("plotly_click", ({ points: [{ customdata: [width, seed] }] }) => take(width, seed));
    }

    async function take(width, seed) {
      const run = points().find((point) => point.width === width)?.runs.find((each) => each.seed === seed);
      if (!run || experiment.running()) return;
      const refusal = await open(lab, { ...wish, width }, run.grown, run.place, `${neurons(width)}, seed ${seed}`);
      experiment.say(refusal || `${chosen} Opened: ${neurons(width)}, seed ${seed}.`);
    }

    function begin() {
      about.textContent = `${plan.about}; ${plan.epochs.toLocaleString("en")} epochs. ${plan.same} ${plan.left_out}`.trim();
      chart.hidden = false;
      more.hidden = false;
    }

    async function work({ ask, progress }) {
      [wish, groups, chosen] = [lab.settings(), [], ""];
      plan = await ask("/training/capacity", { ...wish, epochs: epochs.read() });
      begin();
      body.replaceChildren();
      show(true);
      const whole = plan.groups.reduce((sum, { cost }) => sum + cost, 0);
      const runs = plan.groups.reduce((sum, { seeds }) => sum + seeds.length, 0);
      let [paid, done] = [0, 0];
      for (const { seeds, width, cost, weights } of plan.groups) {
        const group = { width, weights, grown: pure.nothing(seeds) };
        groups.push(group);
        const row = groups.filter((each) => each.width === width);
        await grow(ask, { ...wish, seeds, width }, pure.looks(plan.epochs, MOST_LOOKS), (grown) => {
          // what is on its way yet would tell of another epoch than its neighbours
          if (grown.done) group.grown = grown;
          progress((paid + (cost * grown.epoch) / plan.epochs) / whole, `${done} of ${runs} runs`);
        });
        [paid, done] = [paid + cost, done + seeds.length];
        if (row.length === plan.groups.filter((each) => each.width === width).length) tell(points().find((point) => point.width === width));
        show(false);
      }
      show(true);
      chosen = sentence(points(), plan.threshold);
      return chosen;
    }

    function cancelled() {
      groups = groups.filter(({ grown }) => grown.done);
      if (plan) show(true);
      chosen = `Cancelled. ${sentence(points(), plan?.threshold ?? null)}`.trim();
      return chosen;
    }

    // One row of the table, for who has no pointer.
    function tell(point) {
      if (!point) return;
      const buttons = point.runs.map(({ seed, validation, training }) => {
        const told = short(validation ?? training, 2);
        const button = make("button", { type: "button", className: "button button-subtle experiment-seed", textContent: seed, aria: { label: `Open ${neurons(point.width)}, seed ${seed}, error ${told}` }, data: { tip: `Seed ${seed}: error ${told}. Open this run.` } });
        button.addEventListener("click", () => take(point.width, seed));
        return button;
      });
      const cell = ({ low, median, high }) => (median === null ? "–" : `${short(median, 2)} (${short(low, 2)} to ${short(high, 2)})`);
      const cells = [point.weights.toLocaleString("en"), cell(point.training), cell(point.validation)].map((textContent) => make("td", { textContent }));
      const lost = point.lost ? [` ${point.lost} diverged`] : [];
      body.append(make("tr", {}, [make("th", { scope: "row", textContent: point.width }), ...cells, make("td", {}, [make("div", { className: "experiment-seeds" }, [...buttons, ...lost])])]));
    }

    return { scene: () => undefined };
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingCapacity: { create, pure: { pointsOf, judged, sentence, figure, higher } } });
})();
