"use strict";
// A pad to draw an image on, and what every layer makes of it.
// create(container, {palette, wish}) -> {scene, report, palette}
(() => {
  const { canvas: shared, padData, padSheet } = window.explorer;
  const SPOKEN = 1500; // ms between two readings for screen readers
  const SENT = 60; // ms between two drawings that are asked about

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // ---- parts -------------------------------------------------------------------------------------------------

  // Where the image is drawn pixel by pixel, ink on the panel.
  function eye() {
    const canvas = make("canvas", { className: "pad-seen", role: "img", ariaLabel: "The image as the network sees it" });
    return {
      canvas,
      show(pixels, { rows, columns }, { surface, ink }) {
        [canvas.width, canvas.height] = [columns, rows];
        const context = canvas.getContext("2d");
        const table = shared.lookupTable([surface, ink]);
        const image = context.createImageData(columns, rows);
        pixels.forEach((share, i) => {
          const start = 4 * Math.round(255 * share);
          image.data.set(table.subarray(start, start + 4), 4 * i);
        });
        context.putImageData(image, 0, 0);
      },
    };
  }

  // One layer: a small square for each neuron; the arrow keys go from one to the next.
  function strip(title, count) {
    const words = `${title}, ${count} ${count === 1 ? "neuron" : "neurons"}`;
    const squares = Array.from({ length: count }, (_, i) => make("span", { className: "pad-neuron", tabIndex: i ? -1 : 0, role: "img" }));
    const row = make("div", { className: "pad-strip", role: "group", ariaLabel: title }, squares);
    row.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = step && squares[squares.indexOf(document.activeElement) + step];
      if (!next) return;
      event.preventDefault();
      document.activeElement.tabIndex = -1;
      next.tabIndex = 0;
      next.focus({ focusVisible: true });
    });
    return {
      element: make("div", { className: "pad-layer" }, [make("span", { className: "pad-title", textContent: words }), row]),
      // values: null while there is nothing to tell
      show(values, styles) {
        const reach = values ? values.reduce((most, value) => Math.max(most, Math.abs(value)), 1) : 1;
        squares.forEach((square, i) => {
          square.style.background = values ? styles[shared.byteOf(values[i] / reach)] : "";
          const text = `Neuron ${i + 1}${values ? `: ${shared.number(values[i])}` : ""}`;
          if (square.dataset.tip !== text) Object.assign(square, { ariaLabel: text }).dataset.tip = text;
        });
      },
    };
  }

  // A bar for each output, between the least and the most it can be.
  function bars(names, [low, high], shares) {
    const rows = names.map((name, code) => {
      const [fill, value] = [make("span", { className: "pad-fill" }), make("span", { className: "pad-value" })];
      fill.style.background = `var(--class-${code % 10})`;
      const track = make("span", { className: "pad-track" }, [fill]);
      const row = make("div", { className: "pad-bar" }, [make("span", { className: "pad-name", textContent: name }), track, value]);
      return { row, fill, value };
    });
    return {
      elements: rows.map(({ row }) => row),
      show(outputs) {
        const most = outputs ? outputs.indexOf(Math.max(...outputs)) : -1;
        rows.forEach(({ row, fill, value }, i) => {
          const share = outputs ? Math.max(0, Math.min(1, (outputs[i] - low) / (high - low))) : 0;
          fill.style.transform = `scaleX(${share})`;
          value.textContent = !outputs ? "" : shares ? padData.narrow(outputs[i]) : shared.number(outputs[i]);
          row.classList.toggle("pad-winner", i === most);
        });
      },
    };
  }

  // ---- the page ----------------------------------------------------------------------------------------------

  const FITTED = "Your drawing is centred, stretched to full height and thickened, as the training images are.";
  const UNFITTED = "Your drawing is seen where it is, and as large and as thick as it is.";

  // Where everything stands: the pad with its tools, the outputs, what the network sees and its hidden layers.
  function furniture(drawn, view) {
    const parts = {
      hint: make("p", { className: "pad-hint", textContent: "Draw a digit here" }),
      clear: make("button", { type: "button", className: "button button-default", textContent: "Clear" }),
      fit: make("input", { type: "checkbox", checked: true }),
      how: make("p", { className: "pad-how", textContent: FITTED }),
      strips: make("div", { className: "pad-layers" }),
      board: make("div", { className: "pad-bars" }),
      words: make("p", { className: "sentence pad-words" }),
      spoken: make("span", { className: "spoken", ariaLive: "polite" }),
    };
    const title = (textContent) => make("span", { className: "pad-title", textContent });
    const tools = make("div", { className: "pad-tools" }, [parts.clear, make("label", { className: "pad-fit" }, [parts.fit, "Centre and scale"])]);
    const left = make("div", { className: "pad-left" }, [make("div", { className: "pad-sheet" }, [drawn.canvas, parts.hint]), tools, parts.how]);
    const right = make("div", { className: "pad-right" }, [title("Output"), parts.board, parts.words]);
    const middle = make("div", { className: "pad-middle" }, [make("div", {}, [title("The network sees"), view.canvas]), parts.strips]);
    return { ...parts, elements: [make("div", { className: "pad-grid" }, [left, right, middle]), parts.spoken] };
  }

  function create(container, { palette: first, wish }) {
    let [palette, styles, scene, size, told, image, layers, outputs] = [null, [], null, null, null, null, [], null];
    const view = eye();
    const drawn = padSheet.create({ changed: () => look(), said: (text) => (parts.spoken.textContent = text) });
    const parts = furniture(drawn, view);
    container.classList.add("pad");
    container.append(...parts.elements);
    const look = shared.throttle(ask, SENT);
    const speak = shared.throttle(() => told && (parts.spoken.textContent = parts.words.textContent), SPOKEN);
    parts.clear.addEventListener("click", () => {
      drawn.clear();
      drawn.canvas.focus({ preventScroll: true });
    });
    parts.fit.addEventListener("change", () => {
      parts.how.textContent = parts.fit.checked ? FITTED : UNFITTED;
      ask();
    });

    // What is drawn has changed: the network is asked about it anew.
    function ask() {
      const [before, strokes] = [image, drawn.strokes()];
      image = strokes.length ? padData.seen(strokes, size, parts.fit.checked) : null;
      if (image === null) told = null;
      show();
      if (image || before) wish({ pad: image });
    }

    function show() {
      if (!scene || !palette) return;
      parts.hint.hidden = image !== null;
      parts.clear.disabled = image === null;
      view.show(image ?? new Array(size.rows * size.columns).fill(0), size, palette);
      layers.forEach((layer, i) => layer.show(told && told.hidden[i], styles));
      outputs.show(told?.output ?? null);
      parts.words.textContent = told ? padData.reading([...told.output], scene.output_names, shares()) : image ? "" : "Nothing is drawn yet.";
      if (told) speak();
    }

    const shares = () => scene.functions.at(-1) === "softmax";

    function build() {
      const hidden = scene.sizes.slice(1, -1);
      layers = hidden.map((count, i) => strip(hidden.length === 1 ? "Hidden layer" : `Hidden layer ${i + 1}`, count));
      outputs = bars(scene.output_names.slice(0, scene.sizes.at(-1)), scene.output_range, shares());
      parts.strips.replaceChildren(...layers.map(({ element }) => element));
      parts.board.replaceChildren(...outputs.elements);
    }

    const setPalette = (next) => {
      if (!Array.isArray(next?.stops)) return;
      [palette, styles] = [next, shared.styles(shared.lookupTable(next.stops))];
      drawn.palette(next);
      show();
    };

    const setScene = (next) => {
      if (!next.image) return;
      const key = JSON.stringify([next.image, next.sizes, next.functions, next.output_names, next.output_range]);
      if (scene?.key === key) return;
      [scene, size, told] = [{ ...next, key }, { rows: next.image[0], columns: next.image[1] }, null];
      build();
      drawn.scene(size);
      ask();
    };

    const report = (next) => {
      const [hidden, output] = [next?.hidden?.map(shared.floats), shared.floats(next?.output)];
      const wide = (layer, i) => layer?.length === scene?.sizes[i + 1];
      if (!image || !hidden || ![...hidden, output].every(wide)) return;
      told = { hidden, output };
      show();
    };

    setPalette(first);
    return { scene: setScene, report, palette: setPalette };
  }

  window.explorer.digitPad = { create };
})();
