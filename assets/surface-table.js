"use strict";
// The cases as a table of numbers that can be typed over; the way to touch data of three inputs.
(() => {
  const MOST = 100; // rows shown

  // ---- pure ----------------------------------------------------------------------------------------------------

  // {head, rows: [[…]], more} for cases.
  function tableOf({ inputs, targets, names, target }) {
    const head = [...(names.length ? names : inputs[0].length === 1 ? ["input"] : inputs[0].map((_, i) => `x${i + 1}`)), target || "target"];
    const rows = inputs.slice(0, MOST).map((input, i) => [...input, targets[i]]);
    return { head, rows, more: inputs.length - rows.length };
  }

  const written = (value) => String(Number(value.toPrecision(6))).replace("-", "−");

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // lab: {cases(), touch(cases, final)}
  function create(details, box, lab) {
    function cell(value, row, column, name) {
      const field = make("input", { type: "text", inputMode: "text", value: written(value), ariaLabel: `Case ${row + 1}, ${name}` });
      field.dataset.told = field.value;
      field.addEventListener("change", () => typed(field, row, column));
      return make("td", {}, [field]);
    }

    function typed(field, row, column) {
      const cases = lab.cases();
      const width = cases.inputs[row].length;
      const value = window.explorer.settings.pure.parse(field.value);
      if (!Number.isFinite(value) || Math.abs(value) > 1e12) return void (field.value = field.dataset.told); // what stood there
      const inputs = cases.inputs[row].slice();
      let target = cases.targets[row];
      if (column < width) inputs[column] = value;
      else target = cases.classes ? Math.min(Math.max(value, 0), 1) : value;
      lab.touch(window.explorer.surfaceData.pure.changed(cases, row, { inputs, target }), true);
    }

    // Other numbers in the same table: what somebody is typing stays.
    function renew(fields, texts) {
      fields.forEach((field, i) => {
        const typing = field === document.activeElement && field.value !== field.dataset.told;
        if (!typing) field.value = texts[i];
        field.dataset.told = texts[i];
      });
    }

    function dropper(row, count) {
      const button = make("button", { type: "button", className: "button button-subtle button-compact symbol-minus", ariaLabel: `Remove case ${row + 1}`, disabled: count <= 2 });
      button.addEventListener("click", ({ detail }) => {
        if (detail > 1) return; // the second click of a double click would meet the next row
        lab.touch(window.explorer.surfaceData.pure.removed(lab.cases(), row), true);
        redraw();
      });
      return make("td", {}, [button]);
    }

    function redraw() {
      const cases = lab.cases();
      if (!details.open || !cases) return;
      const { head, rows, more } = tableOf(cases);
      const fields = [...box.querySelectorAll("input")];
      const texts = rows.flat().map(written);
      if (fields.length === texts.length && box.dataset.head === String([...head, more])) return renew(fields, texts);
      box.dataset.head = String([...head, more]);
      const focus = box.contains(document.activeElement) ? document.activeElement.ariaLabel : null;
      const heading = make("tr", {}, [make("th", { scope: "col", textContent: "Case" }), ...head.map((textContent) => make("th", { scope: "col", textContent })), make("th", {}, [make("span", { className: "spoken", textContent: "Remove" })])]);
      const lines = rows.map((row, i) => make("tr", {}, [make("th", { scope: "row", textContent: i + 1 }), ...row.map((value, column) => cell(value, i, column, head[column])), dropper(i, cases.inputs.length)]));
      const rest = more ? [make("p", { className: "hint", textContent: `and ${more.toLocaleString("en")} more.` })] : [];
      box.replaceChildren(make("table", {}, [make("thead", {}, [heading]), make("tbody", {}, lines)]), ...rest);
      if (focus) [...box.querySelectorAll("input, button")].find((each) => each.ariaLabel === focus)?.focus();
    }

    details.addEventListener("toggle", redraw);
    return { redraw };
  }

  const HEAD = { title: "Optimizer", error: "Final error", steps: "Steps to 1 %", evaluations: "Gradients to 1 %", diverged: "Diverged at" };

  // rows: [{name, title, error, steps, evaluations, diverged}] as text; what is the same for all of them, nothing, has no column.
  function results(box, rows, names = HEAD) {
    const columns = Object.keys(names).filter((key) => key === "title" || rows.some((row) => row[key] !== ""));
    const dot = ({ name }) => {
      const mark = make("span", { className: "dot" });
      mark.style.setProperty("--about", window.explorer.plots.colour(name));
      return mark;
    };
    const head = make("tr", {}, columns.map((key) => make("th", { scope: "col", textContent: names[key] })));
    const lines = rows.map((row) => make("tr", {}, columns.map((key) => make(key === "title" ? "th" : "td", { className: key === "title" ? "named" : "number" }, [...(key === "title" ? [dot(row)] : []), row[key] || "–"]))));
    box.replaceChildren(...(rows.length ? [make("table", {}, [make("thead", {}, [head]), make("tbody", {}, lines)])] : []));
  }

  // racers: [{name, title, rate, final, arrived, at_the_edge}] in the order of the race.
  function race(box, racers) {
    results(box, racers.map(({ name, title, rate, final, arrived, at_the_edge: edge }) => ({
      name, title, rate: `${rate}${edge ? " *" : ""}`, error: final === null ? "diverged" : Number(final.toPrecision(2)).toString(), evaluations: arrived === null ? "" : arrived.toLocaleString("en"),
    })), { title: "Optimizer", evaluations: "Gradients to 1 %", error: "Final error", rate: "Best rate" });
    if (racers.some(({ at_the_edge: edge }) => edge)) box.append(make("p", { className: "hint", textContent: "* the smallest or largest that was tried" }));
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceTable: { create, results, race, pure: { tableOf } } });
})();
