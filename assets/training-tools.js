"use strict";
// Tools over the output: drawing points into the data, and which output is shown where there are several.
(() => {
  const explorer = window.explorer;
  const GROUP = "training-brush-label";

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // What a brush may paint: [{label, name, colour}], labels as scene.points tells them; none: the place is all.
  function paints({ view, reading, output_range: [low, high], output_names: names }) {
    if (view === "curve") return [];
    if (reading === "sign") return [[low, names[0], "negative"], [high, names[1], "positive"]].map(([label, name, colour]) => ({ label, name, colour }));
    if (reading === "classes") return names.map((name, label) => ({ label, name, colour: label }));
    if (reading === "labels") return [...Array(2 ** Math.min(names.length, 4)).keys()].map((label) => ({ label, name: combination(label, names), colour: first(label) }));
    return [[low, "negative"], [(low + high) / 2, "zero"], [high, "positive"]].map(([label, colour]) => ({ label, name: explorer.canvas.number(label), colour }));
  }

  // The first of the labels that a combination holds, null for none.
  const first = (bits) => (bits ? 31 - Math.clz32(bits & -bits) : null);

  function combination(bits, names) {
    const told = names.filter((_, i) => bits & (1 << i));
    if (!told.length) return "neither";
    return told.length === names.length && names.length === 2 ? "both" : told.join(" and ");
  }

  // The colour of a paint: a class by its code, an end of the diverging palette by its name.
  function colourOf(colour) {
    const { stops, classes, muted } = explorer.plots.palette();
    if (colour === null) return muted;
    return { negative: stops[0], zero: stops[(stops.length - 1) / 2], positive: stops.at(-1) }[colour] ?? classes[colour % classes.length];
  }

  // lab: {brush(null | {label}), output(null | index), parts(shown)}
  function create(box, choose, lab) {
    let [drawing, label, shown] = [false, 0, null];

    function tell() {
      lab.brush(drawing ? { label } : null);
    }

    function toggle(button) {
      drawing = !drawing;
      button.setAttribute("aria-pressed", drawing);
      box.classList.toggle("brush-on", drawing);
      tell();
    }

    function colourChoice({ label: value, name, colour }, i) {
      const input = make("input", { type: "radio", name: GROUP, checked: i === 0 });
      const dot = make("span", { className: "brush-dot" });
      dot.style.background = colourOf(colour);
      input.addEventListener("change", () => {
        label = value;
        if (drawing) tell();
      });
      return make("label", { className: "brush-label" }, [input, dot, name]);
    }

    // An empty plane without a network is there to be drawn on.
    function brushes(scene) {
      drawing ||= !scene.functions;
      if (!["plane", "curve"].includes(scene.view)) return box.replaceChildren();
      const button = make("button", { type: "button", className: "button button-default symbol-brush", textContent: "Draw points", ariaPressed: String(drawing) });
      button.dataset.tip = "Draw further training cases into the picture, also while the network learns";
      button.addEventListener("click", () => toggle(button));
      const offered = paints(scene);
      label = offered[0]?.label ?? 0;
      const choices = make("div", { className: "brush-labels", role: "radiogroup", ariaLabel: "What is drawn" }, offered.map(colourChoice));
      box.replaceChildren(button, choices);
      tell();
    }

    // Of a curve: whether what each neuron adds is shown.
    function partsChoice() {
      const input = make("input", { type: "checkbox" });
      input.addEventListener("change", () => lab.parts(input.checked));
      choose.hidden = false;
      choose.replaceChildren(make("label", { className: "inline-label" }, [input, "Each neuron's share"]));
      lab.parts(false);
    }

    function outputs({ view, output_names: names, reading }) {
      if (view === "curve") return partsChoice();
      const several = view !== "table" && view !== "images" && reading !== "sign" && names.length > 1;
      shown = null;
      choose.hidden = !several;
      if (!several) return choose.replaceChildren();
      const all = make("option", { value: "", textContent: "All outputs" });
      const menu = make("select", {}, [all, ...names.map((name, i) => make("option", { value: String(i), textContent: name }))]);
      menu.addEventListener("change", () => {
        shown = menu.value === "" ? null : Number(menu.value);
        lab.output(shown);
      });
      return choose.replaceChildren(make("label", { className: "inline-label" }, ["Show ", menu]));
    }

    let key = "";
    return {
      scene(scene) {
        const next = JSON.stringify([scene.view, scene.reading, scene.output_names, scene.output_range]);
        if (next !== key) {
          key = next;
          brushes(scene);
          outputs(scene);
        }
        lab.output(shown); // another picture begins with all of them
      },
    };
  }

  window.explorer = Object.assign(explorer, { trainingTools: { create, pure: { paints, combination, first } } });
})();
