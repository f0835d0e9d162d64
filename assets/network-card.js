"use strict";
// The card of the neuron or link that is pinned: its picture, its formula, its weights to be read, typed and cut.
// create(el, {change(setting, value), close(), palette}) -> {scene, frame, show(target | null), palette}
(() => {
  const TERMS = 8; // of a formula
  const WORDS = 80; // ms between two writings of numbers that change with every frame
  const HINT = "Type a number and press Enter.";

  const { explorer } = window; // the other parts of the network picture are loaded later

  // ---- pure: numbers and formulas --------------------------------------------------------------------------------------

  // Few digits, but never 0.00 for what is not 0.
  function coefficient(value) {
    const size = Math.abs(value);
    if (size === 0 || size >= 0.1 || !Number.isFinite(size)) return explorer.canvas.number(value);
    return String(Number(value.toPrecision(size < 1e-3 ? 1 : 2))).replaceAll("-", "−");
  }

  const lowered = (n) => String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

  // A neuron below is called h and its number, a pixel p with its row and column, any other input has its own name.
  function sourceName(scene, layer, from) {
    if (layer > 1) return `h${lowered(from + 1)}`;
    if (!explorer.networkColumns.isImage(scene)) return explorer.networkData.inputName(scene, from);
    const columns = scene.image[1];
    return `p${lowered(Math.floor(from / columns) + 1)},${lowered((from % columns) + 1)}`;
  }

  // incoming: [{from, weight, cut}] -> ["0.42·x₁", "− 1.30·x₂", …, "+ 0.10"]; links that were cut are none of it
  function terms(scene, layer, incoming, bias) {
    const present = incoming.filter(({ cut }) => !cut);
    const told = present.slice(0, TERMS).map(({ from, weight }) => [weight, `·${sourceName(scene, layer, from)}`]);
    const written = ([value, what], i) => (value < 0 ? (i ? "− " : "−") : i ? "+ " : "") + coefficient(Math.abs(value)) + what;
    const more = present.length > TERMS ? [`+ … and ${present.length - TERMS} more`] : [];
    return [...told.map(written), ...more, written([bias, ""], told.length)];
  }

  const FUNCTIONS = { linear: "z", relu: "max(z, 0)", sine: "sin(z)" }; // what is not called by its own name
  const functionOf = (name) => FUNCTIONS[name] ?? `${String(name).replaceAll("_", " ")}(z)`;

  // ---- the page --------------------------------------------------------------------------------------------------------

  const { make, put, weightRow } = explorer.networkCardRow;

  const keyOf = (target) => JSON.stringify(target && [target.kind, target.layer, target.index, target.from, target.to]);

  // The list of weights of a target: the bias of a neuron and each link into it, or the one link.
  function wishes(scene, target) {
    const { networkData: data } = explorer;
    if (target.kind === "link") return [{ name: "weight", index: data.linkIndex(scene.sizes, target), cuttable: true, place: null }];
    if (target.layer === 0) return [];
    const { layer, index: to } = target;
    const fanIn = scene.sizes[layer - 1];
    const first = data.linkIndex(scene.sizes, { layer, from: 0, to });
    const link = (from) => ({ name: sourceName(scene, layer, from), index: first + from, cuttable: true, place: from });
    const bias = { name: "bias", index: first + fanIn, cuttable: false, place: fanIn };
    return [bias, ...Array.from({ length: fanIn }, (_, from) => link(from))];
  }

  function create(el, options) {
    let [scene, target, shown, key, opener, look] = [null, null, null, "null", null, null];
    let store = {}; // the last frame, decoded
    let cut = null;
    el.classList.add("card-box");
    el.hidden = true;

    const closing = make("button", { type: "button", className: "card-close symbol-close", ariaLabel: "Close" });
    closing.addEventListener("click", () => options.close());
    el.addEventListener("keydown", (event) => event.key === "Escape" && options.close());
    el.setAttribute("role", "region");

    // ---- what does not change while a target is shown ------------------------------------------------------------------

    function build() {
      const { networkData: data, networkCardPicture } = explorer;
      const title = target.kind === "link" ? data.linkTitle(scene, target) : data.heading(scene, target.layer, target.index);
      const canvas = make("canvas", { className: "card-canvas" });
      const picture = networkCardPicture.create(canvas, scene, target);
      const words = buildWords();
      const body = picture ? [make("div", { className: "card-picture" }, [canvas]), words] : [words];
      el.setAttribute("aria-label", title);
      const head = make("div", { className: "card-head" }, [make("h3", { textContent: title }), closing]);
      el.replaceChildren(head, make("div", { className: "card-body" }, body));
      Object.assign(shown, { picture, marked: null });
    }

    function buildWords() {
      const line = (className, textContent = "") => make("p", { className, textContent });
      const [sum, result, said] = [line("card-formula"), line("card-formula"), line("card-said", HINT)];
      said.setAttribute("aria-live", "polite");
      const rows = wishes(scene, target).map((wish) => weightRow(wish, { change: options.change, say, mark }));
      shown = { rows, sum, result, said };
      const list = make("ul", { className: "card-rows" }, rows.map(({ row }) => row));
      const formula = target.kind === "neuron" ? [sum, result] : [];
      const source = line("card-from", from());
      return make("div", { className: "card-words" }, rows.length ? [...formula, source, said, list] : [source]);
    }

    function from() {
      if (target.kind === "link") return "Its weight";
      if (target.layer === 0) return "An input: what the data says. It has no weights of its own.";
      if (target.layer > 1) return `Weights of hidden layer ${target.layer - 1}`;
      return explorer.networkColumns.isImage(scene) ? "Weights of the pixels, by row and column" : "Weights of the inputs";
    }

    function say(sentence) {
      if (!shown) return;
      put(shown.said, sentence || HINT);
      shown.said.classList.toggle("card-refusal", sentence !== "");
    }

    function mark(place) {
      if (!shown) return;
      shown.marked = place;
      paint();
    }

    // ---- what does -------------------------------------------------------------------------------------------------------

    function writeFormula([bias, ...links]) {
      const { layer } = target;
      const incoming = links.map(({ value, gone }, from) => ({ from, weight: value, cut: gone }));
      const told = ["z =", ...terms(scene, layer, incoming, bias.value)];
      const parts = shown.sum.children;
      if (parts.length !== told.length) shown.sum.replaceChildren(...told.flatMap(() => [make("span"), " "]));
      told.forEach((text, i) => put(parts[i], text));
      put(shown.result, `y = ${functionOf(scene.functions?.[layer - 1])}`);
    }

    function writeRows() {
      const { rows } = shown;
      if (!rows.length) return;
      const values = rows.map(({ index }) => ({ value: store.weights[index], gone: explorer.networkLinks.isCut(cut, index) }));
      const most = Math.max(1e-30, ...values.map(({ value }) => Math.abs(value) || 0));
      rows.forEach((row, i) => row.show(values[i].value, values[i].gone, values[i].value / most || 0));
      if (target.kind === "neuron") writeFormula(values);
    }

    const write = explorer.canvas.throttle(() => target && store.weights && writeRows(), WORDS);

    function paint() {
      if (!shown?.picture || !look) return;
      const font = getComputedStyle(el).fontFamily;
      shown.picture.draw({ look, store, cut, marked: shown.marked, font });
    }

    function hide() {
      const inside = el.contains(document.activeElement);
      [target, shown] = [null, null];
      el.hidden = true;
      el.replaceChildren();
      if (inside) opener?.focus();
    }

    function show(next) {
      if (keyOf(next) === key || (next && !scene)) return;
      key = keyOf(next);
      if (!next) return hide();
      if (!el.contains(document.activeElement)) opener = document.activeElement;
      target = next;
      build();
      el.hidden = false;
      paint();
      if (store.weights) writeRows();
    }

    function setPalette(palette) {
      if (!Array.isArray(palette?.stops)) return;
      look = explorer.networkTiles.colours(palette);
      el.style.setProperty("--card-negative", palette.stops[0]);
      el.style.setProperty("--card-positive", palette.stops.at(-1));
      paint();
    }

    if (options.palette) setPalette(options.palette);
    return {
      show,
      palette: setPalette,
      scene(next) {
        if (!explorer.networkData.valid(next)) return false;
        if (!scene || !explorer.networkData.alike(scene, next)) {
          show(null);
          [store, cut] = [{}, null];
        }
        scene = next;
        store.inputs = explorer.networkData.inputsOf(scene);
        return true;
      },
      // The picture has decoded the same frame a moment ago: it costs nothing here.
      frame(next) {
        const parts = scene && explorer.networkData.decode(next, scene);
        if (!parts) return false;
        for (const name of ["weights", "neurons", "output", "contributions"]) store[name] = parts[name] ?? store[name];
        ({ cut } = parts);
        if (!target) return true;
        paint();
        write();
        return true;
      },
    };
  }

  explorer.neuronCard = { create, pure: { coefficient, terms, functionOf } };
})();
