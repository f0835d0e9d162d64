"use strict";
// The hidden layers one by one: neurons, activation, more and fewer. Edits the two texts that hold them.
(() => {
  const LAB = "training";
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  const words = (text) => String(text ?? "").split(/[\s,]+/).filter(Boolean);

  // The two settings as a list of {neurons, activation}.
  function layersOf({ hidden_layers: sizes, activations }) {
    const names = words(activations);
    return words(sizes).map((size, i) => ({ neurons: Number(size), activation: names.length > 1 ? (names[i] ?? names.at(-1)) : (names[0] ?? "tanh") }));
  }

  // And back.
  function settingsOf(layers) {
    const names = layers.map(({ activation }) => activation);
    const alike = new Set(names).size <= 1;
    return { hidden_layers: layers.map(({ neurons }) => neurons).join(", "), ...(layers.length ? { activations: alike ? names[0] : names.join(", ") } : {}) };
  }

  const altered = (layers, place, change) => layers.map((layer, i) => (i === place ? { ...layer, ...change } : layer));

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // limits: {layers, neurons of a layer, alone: of an only one, activations: {name: title}}
  function create(box, limits) {
    let [layers, shown] = [[], ""];
    const most = ({ length }) => (length === 1 ? limits.alone : limits.neurons);

    function set(next) {
      explorer.settings.set(LAB, settingsOf(next));
    }

    function icon(symbol, label, action, disabled = false) {
      const button = make("button", { type: "button", className: `button button-subtle button-compact symbol-${symbol}`, ariaLabel: label, disabled });
      button.dataset.tip = label;
      button.addEventListener("click", action);
      return button;
    }

    function row({ neurons, activation }, place) {
      const which = `hidden layer ${place + 1}`;
      const step = (by) => () => set(altered(layers, place, { neurons: Math.max(1, Math.min(most(layers), neurons + by)) }));
      const menu = make("select", { ariaLabel: `Activation of ${which}` }, Object.entries(limits.activations).map(([value, title]) => make("option", { value, textContent: title, selected: value === activation })));
      menu.addEventListener("change", () => set(altered(layers, place, { activation: menu.value })));
      return make("div", { className: "layer", role: "group", ariaLabel: which[0].toUpperCase() + which.slice(1) }, [
        make("span", { className: "layer-number", textContent: String(place + 1) }),
        icon("minus", `One neuron fewer in ${which}`, step(-1), neurons <= 1),
        make("span", { className: "layer-neurons", textContent: String(neurons) }),
        icon("plus", `One neuron more in ${which}`, step(1), neurons >= most(layers)),
        menu,
        icon("close", `Remove ${which}`, () => set(layers.filter((_, i) => i !== place))),
      ]);
    }

    function add() {
      const last = layers.at(-1) ?? { neurons: 4, activation: "tanh" };
      set([...layers, last].map((layer) => ({ ...layer, neurons: Math.min(limits.neurons, layer.neurons) })));
    }

    function draw() {
      const more = make("button", { type: "button", className: "button button-default", textContent: "Add a layer", disabled: layers.length >= limits.layers });
      more.addEventListener("click", add);
      const focused = [...box.querySelectorAll("button, select")].indexOf(document.activeElement);
      box.replaceChildren(make("div", { className: "layer-list" }, layers.map(row)), more);
      if (focused >= 0) box.querySelectorAll("button, select")[focused]?.focus();
    }

    return {
      show(settings) {
        const next = layersOf(settings);
        const sound = next.length <= limits.layers && next.every(({ neurons, activation }) => neurons >= 1 && neurons <= most(next) && activation in limits.activations);
        const key = JSON.stringify(next);
        if (!sound || key === shown) return;
        [layers, shown] = [next, key];
        draw();
      },
    };
  }

  window.explorer = Object.assign(explorer, { trainingLayers: { create, pure: { layersOf, settingsOf } } });
})();
