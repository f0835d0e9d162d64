"use strict";
// One case that was read: what it is, what it was read as, and how it looks.
// create(image, inputs) -> {element, show(example | null, names), palette}; image: [rows, columns] or null
(() => {
  const { canvas: shared } = window.explorer;

  // ---- pure --------------------------------------------------------------------------------------------------------

  function deviation(value) {
    const text = Math.abs(value).toFixed(1);
    return `${Number(text) === 0 ? "" : value < 0 ? "−" : "+"}${text} σ`;
  }

  // A raw input in four digits.
  function rounded(value) {
    const size = Math.abs(value);
    const text = size && (size >= 1e6 || size < 1e-4) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
    return text.replaceAll("-", "−");
  }

  // ---- the page ----------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const put = (element, text) => void (element.textContent === text || (element.textContent = text));
  const spans = (...names) => names.map((className) => make("span", { className }));

  // Bytes from the top row, light as the surface to dark as the ink.
  function imageOf([rows, columns]) {
    const element = make("canvas", { width: columns, height: rows, ariaHidden: "true" });
    const context = element.getContext("2d");
    const drawn = context.createImageData(columns, rows);
    const pixels = new Uint32Array(drawn.data.buffer);
    let [bytes, text, table] = [null, "", null];

    function draw() {
      if (!bytes || !table) return;
      bytes.forEach((byte, i) => (pixels[i] = table[byte]));
      context.putImageData(drawn, 0, 0);
    }

    return {
      element,
      palette({ surface, ink }) {
        table = new Uint32Array(shared.lookupTable([surface, ink]).buffer);
        draw();
      },
      show(example) {
        const next = example.pixels === text ? null : shared.bytes(example.pixels);
        if (next?.length !== rows * columns) return;
        [bytes, text] = [next, example.pixels];
        draw();
      },
    };
  }

  function inputsOf(count) {
    const lines = Array.from({ length: count }, () => spans("classes-name", "classes-value", "classes-deviation"));
    return {
      element: make("div", { className: "classes-inputs" }, lines.flat()),
      palette: () => undefined,
      show({ inputs = [] }) {
        lines.forEach(([name, value, far], i) => {
          const [title, number, score] = inputs[i] ?? ["", 0, 0];
          put(name, shared.name(title));
          name.title = title;
          put(value, title && rounded(number));
          put(far, title && deviation(score));
        });
      },
    };
  }

  function create(image, inputs) {
    const [own, other, sure] = spans("classes-is", "classes-as", "classes-sure");
    const words = make("p", { className: "classes-words" }, [own, other, sure]);
    const picture = image ? imageOf(image) : inputsOf(inputs);
    const element = make("li", { className: `classes-tile ${image ? "classes-image" : "classes-card"} classes-empty` });
    element.append(...(image ? [picture.element, words] : [words, picture.element]));
    return {
      element,
      palette: picture.palette,
      show(example, names) {
        element.classList.toggle("classes-empty", !example);
        if (!example) return;
        const [is, as] = image ? ["is", "seen as"] : ["true:", "predicted:"]; // beside a picture there is little room
        put(own, `${is} ${names[example.true]}`);
        put(other, `${as} ${names[example.told]}`);
        put(sure, window.explorer.classMatrix.percent(example.told_share));
        element.classList.toggle("classes-wrong", example.true !== example.told);
        picture.show(example);
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { classExample: { create, pure: { deviation, rounded } } });
})();
