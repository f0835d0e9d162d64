"use strict";
// Which classes are taken for which: the confusion matrix, the most frequent errors, the cases that are read worst.
// create(container, {palette, wish(more)}) -> {scene, report, palette}
(() => {
  const explorer = window.explorer;
  const EXAMPLES = 12;
  const INPUTS = 3; // of an example that is no image
  const CONFUSED = 3;
  const SPACE = "\u00a0"; // keeps the line of a text that is not there yet

  // ---- pure --------------------------------------------------------------------------------------------------------

  const times = (count) => (count === 1 ? "once" : count === 2 ? "twice" : `${explorer.canvas.count(count)} times`);

  function summary({ cases, read, right, accuracy }) {
    const [{ exact }, { plural }] = [explorer.classMatrix, explorer.canvas];
    if (!read) return "This part has no cases.";
    const of = read < cases ? `${explorer.canvas.count(read)} evenly chosen of ${plural(cases, "case")}` : plural(cases, "case");
    return `${explorer.canvas.count(right)} of ${of} classified correctly: ${exact(accuracy)}`;
  }

  // The most confused pairs in words.
  function sentences({ confused, names, read }) {
    if (!confused.length && read) return ["No case is misclassified."];
    return confused.map(([own, other, count]) => `${names[own]} taken for ${names[other]}: ${times(count)}`);
  }

  // The names of the classes that a scene tells, as the report will name them.
  function classNames({ reading, output_names: names }) {
    if (reading !== "labels") return names;
    return Array.from({ length: 2 ** names.length }, (_, bits) => explorer.trainingTools.pure.combination(bits, names));
  }

  function hintOf({ image, raw_names: names }) {
    if (image) return "In %: how sure the network is of its prediction.";
    const some = names.length > INPUTS ? `The ${INPUTS} most unusual of ${names.length} inputs, in σ` : "In σ";
    return `In %: how sure the network is of its prediction. ${some}: standard deviations from the training mean.`;
  }

  const fits = (report, names) => report?.matrix?.length === names.length && report.names.every((name, i) => name === names[i]);
  const alike = (one, other) => String(one) === String(other);

  // ---- the page ----------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const put = (element, text) => void (element.textContent === text || (element.textContent = text));

  // The frame of the panel, filled by create.
  function frameOf(container, parts, key) {
    const parted = {
      summary: make("p", { className: "classes-summary", textContent: SPACE }),
      matrix: make("div", { className: "classes-scroll" }),
      confused: make("ol", { className: "classes-confused" }),
      title: make("h3", { className: "classes-title" }),
      all: make("button", { type: "button", className: "classes-all", textContent: "Show the worst" }),
      hint: make("p", { className: "classes-hint" }),
      examples: make("ul", { className: "classes-examples" }),
    };
    const titles = make("div", { className: "classes-titles" }, [parted.title, parted.all]);
    container.classList.add("classes");
    container.append(
      make("div", { className: "classes-head" }, [parts, parted.summary]),
      make("div", { className: "classes-body" }, [
        make("div", { className: "classes-table" }, [parted.matrix, key]),
        make("div", {}, [make("h3", { className: "classes-title", textContent: "Most confused" }), parted.confused]),
        make("div", { className: "classes-worst" }, [titles, parted.hint, parted.examples]),
      ]),
    );
    return parted;
  }

  function create(container, { palette: first, wish }) {
    let [names, known, scene, told, pair, palette, table, tiles] = [[], "", null, null, null, null, null, []];
    const parts = explorer.trainingParts.create((part) => wish({ part }));
    const key = explorer.classMatrix.key();
    const frame = frameOf(container, parts.element, key.element);
    frame.all.addEventListener("click", () => choose(null));

    // A click on the pair that is chosen lets it go.
    function choose(next) {
      if (!next && !pair) return;
      pair = next && pair && alike(next, pair) ? null : next;
      showPair();
      wish({ pair });
    }

    function pairWords() {
      const [own, other] = pair;
      const count = told ? `: ${explorer.canvas.plural(told.matrix[own][other], "case")}` : "";
      return `${names[own]} taken for ${names[other]}${count}`;
    }

    function showPair() {
      table.press(pair);
      tellPair();
    }

    function tellPair() {
      put(frame.title, pair ? pairWords() : "Worst predictions");
      frame.all.classList.toggle("classes-empty", !pair);
    }

    function build() {
      table = explorer.classMatrix.create(names, choose);
      frame.matrix.replaceChildren(table.element);
      tiles = Array.from({ length: EXAMPLES }, () => explorer.classExample.create(scene.image, Math.min(INPUTS, scene.raw_names.length)));
      frame.examples.replaceChildren(...tiles.map(({ element }) => element));
      frame.hint.textContent = hintOf(scene);
      [told, pair] = [null, null];
      frame.summary.textContent = SPACE;
      // as many lines as there can be errors, whether or not there are: nothing moves
      const lines = Math.min(CONFUSED, names.length * (names.length - 1));
      frame.confused.replaceChildren(...Array.from({ length: lines }, () => make("li", { textContent: SPACE })));
      showPair();
      if (palette) setPalette(palette);
    }

    function setPalette(next) {
      palette = next;
      const shades = explorer.classMatrix.shades(palette);
      for (const each of [key, table, ...tiles]) each?.palette({ ...palette, ...shades });
    }

    function show() {
      put(frame.summary, summary(told));
      table.show(told);
      tellPair();
      const errors = sentences(told);
      [...frame.confused.children].forEach((line, i) => put(line, errors[i] ?? SPACE));
      if (!alike(told.pair, pair)) return; // asked for before the last click
      tiles.forEach((each, i) => each.show(told.examples[i] ?? null, names));
    }

    if (first) setPalette(first);
    return {
      palette: setPalette,
      scene(next) {
        scene = next;
        parts.scene(next.cases);
        const now = JSON.stringify([next.reading, next.output_names, next.image, next.raw_names]);
        if (now === known) return;
        const hadPair = pair;
        [known, names] = [now, classNames(next)];
        build();
        if (hadPair) wish({ pair: null });
      },
      report(next) {
        if (!fits(next, names)) return;
        told = next;
        parts.show(told.part);
        show();
      },
    };
  }

  window.explorer = Object.assign(explorer, { classPicture: { create, pure: { summary, sentences, classNames, hintOf } } });
})();
