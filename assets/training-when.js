"use strict";
// Which settings mean something now: the others are hidden, and what does not go well together is said.
(() => {
  const BROUGHT = ["own", "drawn"];

  // ---- pure: field -> whether it means something for these settings and this data ---------------------------------

  const RULES = {
    cases: ({ dataset }) => !BROUGHT.includes(dataset),
    noise: ({ dataset }) => !BROUGHT.includes(dataset),
    features: (_, { view }) => ["plane", "curve"].includes(view),
    amplify: ({ amplify_copies: copies }) => Number(copies) > 0,
    amplify_amount: ({ amplify_copies: copies }) => Number(copies) > 0,
    measure: (_, { reading }) => reading !== "value",
    schedule_epochs: ({ schedule }) => schedule !== "constant",
  };

  // The settings of each group that is closed at first; it opens where one of them is not as usual.
  const GROUPS = {
    amplify: { amplify_copies: "0" },
    activations: {},
    error: { error: "auto", reduction: "mean" },
    schedule: { schedule: "constant" },
    remedies: { l1: "0", l2: "0", dropout: "0", patience: "0" },
    limits: { clip_norm: "0", stop_epochs: "0", stop_error: "0" },
  };
  const unusual = (settings) => Object.keys(GROUPS).filter((name) => Object.entries(GROUPS[name]).some(([field, usual]) => String(settings[field]) !== usual));

  // Features and alterations that are offered for this data; the others are hidden.
  const offered = ({ view, image }) => [
    ...({ plane: ["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"], curve: ["x", "x_squared", "x_cubed", "sin_x"] }[view] ?? []),
    ...(image ? ["shift", "rotate", "lighten", "noise"] : []), "jitter", "mirror",
  ];

  // What the features of x1 and x2 are made of, where the data has names for them.
  function named({ view, raw_names: names = [] }) {
    if (view === "plane" && names.join() !== "x1,x2") return `x₁ is ${names[0]}, x₂ is ${names[1]}.`;
    return view === "curve" && names[0] !== "x" ? `x is ${names[0]}.` : "";
  }

  const meaningful = (settings, scene) => Object.fromEntries(Object.entries(RULES).map(([field, rule]) => [field, rule(settings, scene)]));

  // ---- the page ------------------------------------------------------------------------------------------------

  let [scene, settings] = [{ view: "plane" }, null];
  const opened = new Set(); // once: whoever closes a group again is not contradicted

  function tell() {
    if (!settings) return;
    for (const [field, shown] of Object.entries(meaningful(settings, scene))) {
      const box = document.getElementById(`training-when-${field}`);
      if (box) box.hidden = !shown;
    }
    for (const chip of document.querySelectorAll("#training-when-features .chip, #training-when-amplify .chip"))
      chip.hidden = !offered(scene).some((name) => chip.classList.contains(`chip-${name}`));
    document.getElementById("training-inputs-named").textContent = scene.raw_names ? named(scene) : "";
    for (const name of unusual(settings)) if (!opened.has(name)) document.getElementById(`training-more-${name}`).open = Boolean(opened.add(name));
    document.getElementById("training-own").hidden = !BROUGHT.includes(settings.dataset);
    document.getElementById("training-amplified").hidden = !(Number(settings.amplify_copies) > 0);
  }

  window.explorer = Object.assign(window.explorer || {}, {
    trainingWhen: {
      create: tell,
      apply(next) {
        scene = next;
        tell();
      },
      settings(next) {
        settings = next;
        tell();
      },
      remark(words) {
        const line = document.getElementById("training-remark");
        if (line && line.textContent !== words) line.textContent = words;
      },
      pure: { meaningful, unusual, offered, named },
    },
  });
})();
