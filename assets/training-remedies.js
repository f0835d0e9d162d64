"use strict";
// Remedies against overfitting side by side: one change each, from the same start, and how much each helped.
(() => {
  const EPOCHS = [1, 100000]; // what the field takes
  const [LEAST, MOST] = [200, 2000]; // epochs that it offers by itself,
  const UPDATES = 3000; // or as many as make so many updates: few cases overfit late
  const EVEN = 0.01; // of the validation error: less is no difference
  const [WIDE, HIGH] = [96, 26]; // of the small curves, in pixels
  const DEEP = 30; // times below the lowest validation error
  const TEST = 5; // place of its column
  const SVG = "http://www.w3.org/2000/svg";
  const shared = () => window.explorer.trainingExperiments; // loaded after this file

  // ---- pure ----------------------------------------------------------------------------------------------------

  const short = (value, digits = 3) => shared().pure.short(value, digits);
  const grouped = (value) => window.explorer.canvas.count(Math.round(value));

  // A title within a sentence: "more data", but "L2".
  const within = (title) => (/^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title);

  // Where a row stands: its errors now, or at the best epoch where that is what it takes.
  function result({ row, grown }) {
    const { last } = shared().pure;
    const best = grown.best[0];
    const now = { training: last(grown, "training_error", 0), validation: last(grown, "validation_error", 0), test: last(grown, "test_error", 0) };
    const takes = row.stopping && grown.done && best && !grown.diverged[0];
    const told = takes ? { training: best.training_error, validation: best.validation_error, test: best.test_error } : now;
    return { ...told, best: grown.diverged[0] ? null : best, lost: grown.diverged[0], epoch: takes ? best.epoch : grown.epoch, gap: told.validation === null ? null : told.validation - told.training };
  }

  // How much of the base's validation error is gone: 0.23 is 23 % lower; null where one of them has none.
  const helped = (validation, base) => (validation === null || base === null || !(base > 0) ? null : 1 - validation / base);

  function helpedWords(share) {
    if (share === null) return "–";
    if (Math.abs(share) < EVEN) return "no change";
    if (share > 0) return `${share >= 0.995 ? short(100 * share, 4) : Math.round(100 * share)}\u00a0% lower`;
    return share > -1 ? `${Math.round(-100 * share)}\u00a0% higher` : `${short(1 - share, 2)} times as high`;
  }

  // The rows in the order of their validation errors, those without one last.
  const ranked = (rows) => [...rows].sort((one, other) => (result(one).validation ?? Infinity) - (result(other).validation ?? Infinity));

  function sentence(rows, epochs) {
    const [base] = rows;
    const [first] = ranked(rows);
    const told = result(base).validation;
    const [begin, end] = [`After ${grouped(epochs)} epochs`, "One seed: small differences are chance."];
    const { validation } = result(first);
    if (validation === null) return `${begin} every run has diverged; a smaller learning rate helps.`;
    if (told === null) return `${begin} the run as it is has diverged; the lowest validation error is that of ${within(first.row.title)}, ${short(validation)}.`;
    const share = helped(validation, told);
    if (first === base || share < EVEN) return `${begin} nothing has helped: validation error as it is ${short(told)}. ${end}`;
    return `${begin} ${within(first.row.title)} helped most: validation error ${short(validation)} in place of ${short(told)}, ${helpedWords(share)}. ${end}`;
  }

  // Curves of all rows on one logarithmic scale -> for each {training, validation}: points of a polyline. What lies far
  // below every validation error is drawn at the foot: else these would all look alike.
  function polylines(rows, epochs) {
    const all = (name) => rows.flatMap(({ grown: { curves } }) => (curves[name] ?? []).map(([value]) => value)).filter((value) => value > 0);
    const [training, validation] = [all("training_error"), all("validation_error")];
    const [low, high] = [Math.log(Math.max(Math.min(...training), Math.min(...validation) / DEEP)), Math.log(Math.max(...training, ...validation))];
    const y = (value) => (high > low ? (HIGH - 2) * Math.min(1, 1 - (Math.log(value) - low) / (high - low)) + 1 : HIGH / 2);
    const line = ({ epochs: at, curves }, name) =>
      at.map((epoch, i) => [epoch, curves[name][i][0]]).filter(([, value]) => value > 0).map(([epoch, value]) => `${((WIDE * epoch) / epochs).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
    return rows.map(({ grown }) => ({ training: line(grown, "training_error"), validation: line(grown, "validation_error") }));
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const drawn = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // lab: {settings() -> {settings, own in full}, present() -> where the run stands or null, ask, openRun(record)}
  function create(el, lab) {
    const { make, field, grow, open, pure } = shared();
    let [rows, own, goal, chosen] = [[], null, LEAST, ""];
    const epochs = field("Epochs", LEAST, EPOCHS, "How long each is trained");
    const body = make("tbody");
    const heads = [["Remedy"], ["Helped", "Validation error beside that of the run as it is"], ["Course", "Errors over the epochs, all on one logarithmic scale"], ["Training"], ["Validation"], ["Test"], ["Gap", "Validation less training error"], ["Best validation", "The lowest validation error of any epoch"], [""]];
    const head = make("tr", {}, heads.map(([textContent, tip]) => make("th", { scope: "col", textContent, data: tip ? { tip } : {} })));
    head.children[TEST].className = "experiment-test";
    const table = make("div", { className: "experiment-table", hidden: true }, [make("table", {}, [make("thead", {}, [head]), body])]);
    const without = make("p", { className: "hint experiment-about" });
    el.classList.add("experiment");
    const tip = "Trains the present settings and seven remedies from the same start, each with one thing changed";
    const experiment = shared().create(el, { label: "Try the remedies", tip, fields: [epochs], ask: lab.ask, cancelled }, work);
    el.append(table, without);

    const enough = () => Math.ceil(UPDATES / (lab.present()?.updates_per_epoch ?? UPDATES));
    const follow = () => epochs.follow(Math.min(MOST, Math.max(LEAST, enough(), lab.present()?.epoch ?? 0)));
    el.addEventListener("pointerenter", follow);
    el.addEventListener("focusin", follow);

    async function work({ ask, progress }) {
      follow();
      const wish = lab.settings();
      const plan = await ask("/training/remedies", { ...wish, epochs: epochs.read() });
      [own, goal, chosen] = [wish.own ?? null, plan.epochs, ""];
      rows = plan.rows.map((row) => ({ row, grown: pure.nothing(row.seeds), nodes: nodesOf(row) }));
      body.replaceChildren(...rows.map(({ nodes }) => nodes.row));
      without.textContent = [`${plan.about}, seed ${plan.seed}.`, ...plan.left_out].join(" ");
      table.hidden = false;
      const whole = plan.rows.reduce((sum, { cost }) => sum + cost, 0);
      let paid = 0;
      for (const each of rows) {
        const { settings, seeds, stopping, cost, title } = each.row;
        await grow(ask, { settings, own, seeds, width: null, stopping }, pure.looks(plan.epochs), (grown) => {
          each.grown = grown;
          show();
          progress((paid + (cost * grown.epoch) / plan.epochs) / whole, `${title}: epoch ${grouped(Math.floor(grown.epoch))} of ${grouped(plan.epochs)}`);
        });
        paid += cost;
      }
      body.replaceChildren(...ranked(rows).map(({ nodes }) => nodes.row));
      chosen = sentence(rows, plan.epochs);
      return chosen;
    }

    function cancelled() {
      chosen = "Cancelled.";
      return chosen;
    }

    function nodesOf(row) {
      const cells = Object.fromEntries(["training", "validation", "test", "gap", "best"].map((name) => [name, make("td", { textContent: "–", className: `experiment-${name}` })]));
      const lines = { training: drawn("polyline", { class: "experiment-line experiment-line-training" }), validation: drawn("polyline", { class: "experiment-line experiment-line-validation" }) };
      const course = drawn("svg", { class: "experiment-course", viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, "aria-hidden": "true" });
      course.append(lines.training, lines.validation);
      const bar = make("span", { className: "experiment-share" });
      const share = make("span", { className: "experiment-told", textContent: "–" });
      const button = make("button", { type: "button", className: "button button-subtle", textContent: "Open", disabled: true, aria: { label: `Open the run: ${row.title}` }, data: { tip: "Go on with this run; the present one can be taken back with undo" } });
      const name = make("th", { scope: "row" }, [make("span", { className: "experiment-title", textContent: row.title }), make("span", { className: "experiment-change", textContent: row.name === "base" ? "The present settings from their start." : `${row.change[0].toUpperCase()}${row.change.slice(1)}. ${row.same}` })]);
      const helpedCell = make("td", { className: "experiment-helped" }, [make("span", { className: "experiment-axis", aria: { hidden: "true" } }, [bar]), share]);
      const made = { ...cells, lines, bar, share, button, row: make("tr", { className: row.name === "base" ? "experiment-base" : "" }, [name, helpedCell, make("td", {}, [course]), cells.training, cells.validation, cells.test, cells.gap, cells.best, make("td", {}, [button])]) };
      button.addEventListener("click", () => take(row.name));
      return made;
    }

    async function take(name) {
      const { row, grown } = rows.find((each) => each.row.name === name);
      const refusal = await open(lab, { settings: row.settings, own, width: null }, grown, 0, row.title);
      experiment.say(refusal || `${chosen} Opened: ${row.title}.`.trim());
    }

    function show() {
      const base = result(rows[0]).validation;
      const done = rows[0].grown.done;
      const lines = polylines(rows, goal);
      const { stops } = window.explorer.plots.palette();
      table.classList.toggle("experiment-untested", rows.every((each) => result(each).test === null));
      for (const [i, each] of rows.entries()) {
        const { nodes, grown, row } = each;
        const told = result(each);
        for (const part of ["training", "validation"]) nodes.lines[part].setAttribute("points", lines[i][part]);
        for (const part of ["training", "validation", "test", "gap"]) nodes[part].textContent = told.lost ? "diverged" : short(told[part]);
        nodes.best.textContent = told.best ? `${short(told.best.validation_error)} at ${grouped(told.best.epoch)}${row.stopping && grown.stopped ? `, stopped at ${grouped(grown.epoch)}` : ""}` : "–";
        nodes.button.disabled = !grown.done;
        const share = i && done && grown.done ? helped(told.validation, base) : null;
        nodes.share.textContent = i ? helpedWords(share) : "";
        const size = Math.min(1, Math.abs(share ?? 0));
        Object.assign(nodes.bar.style, { width: `${50 * size}%`, [share < 0 ? "right" : "left"]: "50%", [share < 0 ? "left" : "right"]: "auto", background: share < 0 ? stops[0] : stops.at(-1) });
      }
    }

    const repaint = () => rows.length && show();
    window.addEventListener("explorer:theme", repaint);
    follow();
    return { scene: follow, palette: repaint };
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingRemedies: { create, pure: { result, helped, helpedWords, ranked, sentence, polylines } } });
})();
