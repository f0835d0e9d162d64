"use strict";
// What the panels of own data are built from, and the tab's storage that keeps them over a reload.
(() => {
  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // One of a few: options [[value, title]]; choose(value) shows it, allow(value, why not) closes it.
  function radios(name, legend, options, chosen) {
    const inputs = options.map(([value]) => make("input", { type: "radio", name, value }));
    const labels = inputs.map((input, i) => make("label", {}, [input, options[i][1]]));
    const element = make("fieldset", { className: "own-radios" }, [make("legend", { textContent: legend }), ...labels]);
    element.addEventListener("change", ({ target }) => chosen(target.value));
    return {
      element,
      choose: (value) => inputs.forEach((input) => (input.checked = input.value === value)),
      allow(value, problem) {
        const place = inputs.findIndex((input) => input.value === value);
        inputs[place].disabled = Boolean(problem);
        if (problem) labels[place].dataset.tip = problem;
        else delete labels[place].dataset.tip;
      },
    };
  }

  // False where the storage is full or forbidden: then nothing is kept, not what was there before either.
  function keep(key, value) {
    try {
      window.sessionStorage.removeItem(key);
      if (value !== null) window.sessionStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  function recall(key) {
    try {
      return JSON.parse(window.sessionStorage.getItem(key));
    } catch {
      return null;
    }
  }

  window.explorer = Object.assign(window.explorer || {}, { ownForm: { make, radios, keep, recall } });
})();
