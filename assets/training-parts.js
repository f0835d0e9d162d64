"use strict";
// Which part of the data a panel looks at: training, validation or test.
// create(choose(part)) -> {element, scene(cases of each part), show(part)}
(() => {
  const PARTS = ["training", "validation", "test"];
  let groups = 0;

  // ---- pure ------------------------------------------------------------------------------------------------------

  const titled = (part) => part[0].toUpperCase() + part.slice(1);

  // What is looked at where `wished` may be empty, as the server chooses too.
  const held = (wished, cases) => (cases[wished] ? wished : "training");

  // ---- the page --------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  function create(choose) {
    const name = `training-part-${groups++}`;
    let wished = "validation";
    const fields = Object.fromEntries(PARTS.map((part) => [part, make("input", { type: "radio", name, value: part })]));
    const labels = PARTS.map((part) => {
      const words = make("span", {}, [make("i", { className: `series series-${part}` }), titled(part)]);
      return make("label", { className: "classes-part" }, [fields[part], words]);
    });
    const element = make("div", { className: "classes-parts", role: "radiogroup", ariaLabel: "Part of the data" }, labels);
    element.addEventListener("change", ({ target }) => {
      wished = target.value;
      choose(wished);
    });

    function show(part) {
      if (fields[part] && !fields[part].checked) fields[part].checked = true;
    }

    return {
      element,
      show,
      scene(cases) {
        PARTS.forEach((part, i) => {
          fields[part].disabled = !cases[part];
          if (cases[part]) delete labels[i].dataset.tip;
          else labels[i].dataset.tip = `The split leaves no ${part} cases`;
        });
        show(held(wished, cases));
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { trainingParts: { create, pure: { held, titled } } });
})();
