"use strict";
// The confusion matrix as a table of buttons, shaded by the share of the true class.
// create(names, choose(pair | null)) -> {element, show(report), press(pair | null), palette}; key() -> {element, palette}
(() => {
  const { canvas: shared } = window.explorer;
  const SHORT = 3; // letters of a class name that lies over a narrow column; a longer one stands
  const FEW = 6; // classes whose columns are wide
  const KEY = [0.01, 0.1, 0.5, 1]; // shares in the key of shades

  // ---- pure: words -------------------------------------------------------------------------------------------------

  // Whole per cents; 0 and 100 mean none and all.
  const whole = (share) => (share > 0 && share < 1 ? Math.min(99, Math.max(1, Math.round(100 * share))) : 100 * share);
  const bare = (share) => (share === null ? "–" : String(whole(share)));
  const percent = (share) => `${bare(share)} %`;
  const exact = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);

  function cellWords(own, other, count, total) {
    const of = total ? ` of ${shared.count(total)}, ${exact(count / total)}` : "";
    return `True ${own}, predicted ${other}: ${shared.plural(count, "case")}${of}`;
  }

  // ---- pure: colours -----------------------------------------------------------------------------------------------

  // Shades of the positive half; by the square root, so that a hundredth is seen beside a whole.
  const byteOf = (share) => shared.byteOf(Math.sqrt(share));

  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const luminance = (table, byte) => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => sum + part * linear(table[4 * byte + i] / 255), 0);
  const contrast = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);

  // Byte -> the ink that is read best on it.
  function inks(table, { ink, surface }) {
    const [dark, light] = [ink, surface].map((colour) => luminance(shared.lookupTable([colour]), 0));
    return Array.from({ length: table.length / 4 }, (_, byte) => {
      const below = luminance(table, byte);
      return contrast(dark, below) >= contrast(light, below) ? ink : surface;
    });
  }

  // palette -> the colours of cells and of the numbers in them
  function shades(palette) {
    const table = shared.lookupTable(palette.stops);
    return { styles: shared.styles(table), inks: inks(table, palette) };
  }

  // ---- the page ----------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const put = (element, text) => void (element.textContent === text || (element.textContent = text));
  const head = (text, className, scope, more = {}) => make("th", { className, scope, ...more }, [make("span", { textContent: text })]);
  const named = (name, className, scope) => head(shared.name(name), className, scope, { title: name });

  function rate(tip, className = "") {
    const element = make("td", { className: `classes-rate ${className}` });
    element.dataset.tip = tip;
    return element;
  }

  function cell(own, other, choose) {
    const button = make("button", { type: "button", className: "classes-cell", tabIndex: own + other ? -1 : 0, ariaPressed: "false" });
    button.classList.toggle("classes-right", own === other);
    button.addEventListener("click", () => choose([own, other]));
    return button;
  }

  function columnsOf(names) {
    const kinds = ["classes-side", "classes-names", ...names.map(() => ""), "classes-rates"];
    return make("colgroup", {}, kinds.map((className) => make("col", { className })));
  }

  function headRows(names) {
    const corner = make("td", { className: "classes-corner", colSpan: 2, rowSpan: 2 });
    const told = head("predicted", "classes-told", "colgroup", { colSpan: names.length });
    const recall = head("recall %", "classes-rate", "col", { rowSpan: 2 });
    return make("thead", {}, [
      make("tr", {}, [corner, told, recall]),
      make("tr", {}, names.map((name) => named(name, "classes-column", "col"))),
    ]);
  }

  function bodyRows(names, cells, recall) {
    const rows = names.map((name, own) =>
      make("tr", {}, [named(name, "classes-row", "row"), ...cells[own].map((button) => make("td", {}, [button])), recall[own]]),
    );
    rows[0].prepend(head("true", "classes-true", "rowgroup", { rowSpan: names.length }));
    return make("tbody", {}, rows);
  }

  function frameOf(names, cells, { recall, precision, accuracy }) {
    const foot = [head("precision %", "classes-rate classes-precision", "row", { colSpan: 2 }), ...precision, accuracy];
    const element = make("table", { className: "classes-matrix", ariaLabel: "Cases by true and predicted class" }, [
      columnsOf(names), headRows(names), bodyRows(names, cells, recall), make("tfoot", {}, [make("tr", {}, foot)]),
    ]);
    element.classList.toggle("classes-upright", names.length > FEW && names.some((name) => name.length > SHORT));
    element.classList.toggle("classes-few", names.length <= FEW);
    element.style.setProperty("--classes", names.length);
    element.style.setProperty("--longest", Math.max(...names.map((name) => name.length)));
    return element;
  }

  // One stop of the tabulator for the whole table: arrows move inside. Whether the key was used.
  function moved(cells, { key, target }) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
    const own = cells.findIndex((row) => row.includes(target));
    if (!step || own < 0) return false;
    const to = cells[own + step[0]]?.[cells[own].indexOf(target) + step[1]];
    if (!to) return true;
    [target.tabIndex, to.tabIndex] = [-1, 0];
    to.focus();
    return true;
  }

  function create(names, choose) {
    let [colours, counts] = [null, null];
    const cells = names.map((_, own) => names.map((_, other) => cell(own, other, choose)));
    const each = (action) => cells.forEach((row, own) => row.forEach((button, other) => action(button, own, other)));
    const rates = {
      recall: names.map((name) => rate(`Recall: of all cases whose true class is ${name}, the share predicted as ${name}`)),
      precision: names.map((name) => rate(`Precision: of all cases predicted as ${name}, the share whose true class is ${name}`)),
      accuracy: rate("Accuracy: the share of all cases that is classified correctly", "classes-accuracy"),
    };
    const element = frameOf(names, cells, rates);
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") choose(null);
      else if (moved(cells, event)) event.preventDefault();
    });

    function describe(button, words) {
      if (button.dataset.tip === words) return;
      button.dataset.tip = words;
      button.ariaLabel = words;
    }

    function paint() {
      if (!counts || !colours) return;
      const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
      each((button, own, other) => {
        const [count, total] = [counts[own][other], totals[own]];
        const byte = byteOf(total ? count / total : 0);
        put(button, count ? String(count) : "");
        Object.assign(button.style, { background: colours.styles[byte], color: colours.inks[byte] });
        describe(button, cellWords(names[own], names[other], count, total));
      });
    }

    return {
      element,
      palette: (next) => ((colours = next), paint()),
      press: (pair) => each((button, own, other) => (button.ariaPressed = String(own === pair?.[0] && other === pair[1]))),
      show({ matrix, recall, precision, accuracy }) {
        counts = matrix;
        paint();
        names.forEach((_, i) => (put(rates.recall[i], bare(recall[i])), put(rates.precision[i], bare(precision[i]))));
        put(rates.accuracy, bare(accuracy));
      },
    };
  }

  // What the shades mean.
  function key() {
    const swatches = KEY.map((share) => make("i", { className: "classes-swatch", textContent: percent(share) }));
    return {
      element: make("p", { className: "classes-key" }, ["Share of the true class ", ...swatches]),
      palette({ styles, inks: text }) {
        const paint = (swatch, byte) => Object.assign(swatch.style, { background: styles[byte], color: text[byte] });
        swatches.forEach((swatch, i) => paint(swatch, byteOf(KEY[i])));
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, {
    classMatrix: { create, key, shades, percent, exact, pure: { cellWords, byteOf, inks } },
  });
})();
