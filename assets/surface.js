"use strict";
// The surface lab in the browser: asks for what the settings name and draws it, the paths first of all.
(() => {
  const LAB = "surface";
  const REST = 250; // ms of rest after which the fields follow the hand, and the map is drawn in full resolution
  const AGAIN = 1000; // ms until a server that did not answer is asked again
  const [FEWEST, MOST] = [2, 5000]; // cases
  const UNTOUCHED = { noise: 0, centre: 0, scale: 1, collinear: 0, standardise: "0" }; // cases as the chart shows them

  const lab = {
    settings: null, view: null, own: null, cases: null, base: null, paths: null, part: {}, about: null, restored: null,
    coarse: false, touching: false, asked: {}, trouble: {}, complaint: "",
  };
  const { explorer } = window;
  const element = (name) => document.getElementById(`surface-${name}`);
  const { round } = explorer.surfaceMap.pure;

  // ---- pure ----------------------------------------------------------------------------------------------------

  const onData = ({ surface }) => surface.endsWith("_neuron");

  // What suggestions are filed under.
  const subject = (settings) => (onData(settings) ? `${settings.surface}/${settings.data}` : settings.surface);

  const isOn = (flag) => flag === true || flag === "1";

  // Which settings mean something, by the row that holds them.
  function meaningful(settings, cases) {
    const { surface, data } = settings;
    const [neuron, width] = [onData(settings), cases ? cases.inputs[0].length : data === "line" ? 1 : data === "plane" ? 2 : 3];
    return {
      formula: surface === "typed", error: surface === "sigmoid_neuron", reduction: neuron, meals: data === "dining_hall",
      cases: data !== "own", data_seed: true, noise: true, bias: width === 2, centre: true, scale: true, collinear: width > 1, standardise: true,
      stochastic: neuron, batch_size: neuron && isOn(settings.stochastic), walks: neuron && isOn(settings.stochastic), walk_seed: neuron && isOn(settings.stochastic),
      start_w3: Boolean(cases) && neuron && (width === 3 || (width === 2 && isOn(settings.bias))),
    };
  }

  const parsedView = (text) => {
    const ends = String(text ?? "").split(",").map(Number);
    return ends.length === 4 && ends.every(Number.isFinite) ? explorer.surfaceMap.pure.tidy([ends.slice(0, 2), ends.slice(2)]) : null;
  };

  // ---- asking --------------------------------------------------------------------------------------------------

  const askers = {
    base: explorer.exchange.latest("/surface/base", hearBase),
    paths: explorer.exchange.latest("/surface/paths", hearPaths),
    point: explorer.exchange.latest("/surface/point", hearPoint),
    step: explorer.exchange.latest("/surface/step", (answer) => pictures.step(answer)),
  };

  function wish(more = {}) {
    const own = lab.settings.data === "own" && lab.own ? { own: pickCases(lab.own) } : {};
    return { settings: lab.settings, view: lab.view, ...own, ...more };
  }

  const pickCases = ({ inputs, targets, names, target }) => ({ inputs, targets, names, target });

  function ask(kind, wished, told) {
    if (lab.asked[kind] === told) return;
    lab.asked[kind] = told;
    askers[kind](wished);
  }

  const settingsKey = (fields) => JSON.stringify([fields.map((field) => lab.settings[field]), lab.view, lab.settings.data === "own" ? lab.stamp : 0]);

  function askBase() {
    const wished = wish({ coarse: lab.coarse });
    ask("base", wished, `${settingsKey(Object.keys(lab.part))} ${lab.coarse}`);
  }

  function askPaths() {
    ask("paths", wish(), settingsKey(Object.keys(lab.settings)));
  }

  function askAll() {
    askPaths();
    askBase();
  }

  function hearBase(answer, wished) {
    if (!complain("base", answer)) return;
    const { cases } = answer;
    lab.base = answer;
    // what the hand does with the cases is newer than any answer that does not know of it
    const own = lab.settings.data === "own" ? lab.own?.inputs : undefined;
    const newest = !lab.touching && wished.settings.data === lab.settings.data && wished.own?.inputs === own;
    if (newest || (!cases && !lab.touching)) lab.cases = cases && { ...cases, ...decodedCases(cases), origin: wished.own ? lab.own.origin : "touched" };
    else if (cases && lab.cases) lab.cases = { ...lab.cases, range: cases.range };
    showRows();
    pictures.base();
  }

  const doubles = (base64) => Array.from(new Float64Array(explorer.canvas.bytes(base64).buffer));

  function decodedCases({ inputs, targets }) {
    const flat = doubles(inputs.bdata);
    const found = doubles(targets.bdata);
    const width = flat.length / found.length;
    return { inputs: found.map((_, i) => flat.slice(i * width, (i + 1) * width)), targets: found };
  }

  function hearPaths(answer) {
    if (!complain("paths", answer)) return;
    const { floats } = explorer.canvas;
    const decoded = (path) => ({ ...path, weights: floats(path.weights), errors: floats(path.errors), held: path.held && floats(path.held), fan: (path.fan || []).map(floats), tried: path.tried && floats(path.tried) });
    lab.paths = { ...answer, paths: answer.paths.map(decoded) };
    pictures.paths();
    requestAnimationFrame(() => setTimeout(painted));
  }

  function hearPoint(answer) {
    if (answer?.words && lab.pointer) element("readout").textContent = answer.words;
  }

  // How long the path took to come from the hand to the screen: `make bench` reads the last one.
  function painted() {
    if (!performance.getEntriesByName("surface-start", "mark").length) return;
    performance.clearMeasures("surface-start-to-path");
    performance.measure("surface-start-to-path", "surface-start");
    performance.clearMarks("surface-start");
    lab.followed = (lab.followed || 0) + 1;
  }

  // What is wrong with either kind of answer. Only what was said here is taken back: a sentence about the link stays
  // until its reader changes something.
  function complain(kind, answer) {
    const words = answer === null ? "The server does not answer. The pictures follow by themselves when it is back." : answer.error;
    if (words) [lab.trouble[kind], lab.asked[kind]] = [words, null];
    else delete lab.trouble[kind];
    const told = Object.values(lab.trouble)[0] ?? "";
    if (told !== lab.complaint) notice((lab.complaint = told));
    if (answer === null) {
      clearTimeout(lab.again);
      lab.again = setTimeout(askAll, AGAIN);
    }
    return !words;
  }

  const notice = (words) => window.dash_clientside.set_props("surface-notice", { children: words });

  // ---- the hand on the map -------------------------------------------------------------------------------------

  const fieldOf = (axis) => `start_w${(lab.base?.shown ?? [0, 1])[axis] + 1}`;

  const hands = {
    view: () => lab.view ?? lab.base.window,
    start: () => [0, 1].map((axis) => lab.settings[fieldOf(axis)]),
    paths: () => lab.paths.paths,
    setStart(pair) {
      performance.clearMarks("surface-start");
      performance.mark("surface-start");
      const start = Object.fromEntries(pair.map((value, axis) => [fieldOf(axis), explorer.settings.legal(LAB, fieldOf(axis), explorer.surfaceMap.pure.fine(value, hands.view()[axis]))]));
      lab.settings = { ...lab.settings, ...start };
      askPaths();
      clearTimeout(lab.resting);
      lab.resting = setTimeout(() => explorer.settings.set(LAB, start), REST);
    },
    look(view) {
      lab.view = view;
      inMotion(askAll);
      writeExtra();
    },
    point(place) {
      lab.pointer = place;
      pictures.tell(place?.point);
      if (place && !place.point) askers.point(wish({ point: place.weights }));
    },
  };

  // Coarsely while a hand moves something, in full when it rests.
  function inMotion(asking) {
    lab.coarse = true;
    asking();
    clearTimeout(lab.settling);
    lab.settling = setTimeout(() => {
      lab.coarse = false;
      asking();
    }, REST);
  }

  const pictures = explorer.surfacePictures.create(lab, { hands, touch, cut: (value) => set({ cut: round(value) }), askStep: (more) => askers.step(wish(more)) });

  // ---- the cases under the hand --------------------------------------------------------------------------------

  function touch(cases, final) {
    const baked = lab.settings.data === "own" && Object.entries(UNTOUCHED).every(([field, value]) => Number(lab.settings[field]) === Number(value));
    const count = cases.inputs.length;
    if (count !== lab.cases.inputs.length && (count < FEWEST || count > MOST)) return;
    lab.touching = true;
    lab.view ??= explorer.surfaceMap.pure.tidy(lab.base.window); // the map stays while the surface under it changes
    lab.cases = { ...lab.cases, inputs: cases.inputs, targets: cases.targets };
    // the person's own numbers keep all their digits, and their table never counts as drawn by hand
    const origin = lab.cases.origin ?? "touched";
    const tidy = origin === "table" ? (value) => value : tidied;
    lab.own = { inputs: cases.inputs.map((input) => input.map(tidy)), targets: cases.targets.map(tidy), names: cases.names, target: cases.target, origin };
    lab.stamp = (lab.stamp || 0) + 1;
    if (!baked) set({ data: "own", ...UNTOUCHED }, false);
    lab.about = subject(lab.settings);
    pictures.cases();
    inMotion(askAll);
    clearTimeout(lab.handed);
    if (final) lab.handed = setTimeout(letGo, REST);
  }

  const tidied = (value) => round(value, 6);

  function letGo() {
    lab.touching = false;
    explorer.surfaceOwn.keep(lab.own);
    writeExtra();
    lab.asked.base = null;
    askBase();
  }

  function take(cases, suggestion) {
    lab.own = cases;
    lab.stamp = (lab.stamp || 0) + 1;
    lab.view = null;
    explorer.surfaceOwn.keep(cases);
    lab.about = `${lab.settings.surface}/own`;
    set(suggestion);
    writeExtra();
  }

  function writeExtra() {
    const view = lab.view ? { view: lab.view.flat().join(",") } : {};
    const points = lab.settings.data === "own" && lab.own ? explorer.surfaceOwn.pure.toLink(lab.own) : null;
    const names = points && lab.own.names.length ? { names: [...lab.own.names, lab.own.target].map((name) => name.replace(/,/g, " ")).join(",") } : {};
    explorer.address.extra(LAB, { ...view, ...(points ? { points, ...names } : {}) });
  }

  // ---- settings ------------------------------------------------------------------------------------------------

  // At once here, and in the controls as soon as Dash comes to it.
  function set(values, asking = true) {
    lab.settings = { ...lab.settings, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof lab.settings[name] === "number" ? Number(value) : value])) };
    explorer.settings.set(LAB, values);
    if (asking) askAll();
  }

  function showRows() {
    if (!lab.settings) return;
    for (const [field, shown] of Object.entries(meaningful(lab.settings, lab.cases))) element(`row-${field}`).hidden = !shown;
    for (const [name, shown] of [["data-panel", onData(lab.settings)], ["fit-panel", onData(lab.settings)], ["own", lab.settings.data === "own"]]) element(name).hidden = !shown;
    for (const row of document.querySelectorAll(".rate-row")) {
      row.hidden = !lab.settings.optimizers.some((name) => row.id === `surface-rate-row-${name}`);
    }
  }

  // A link was opened, or the page went back or forward: the view and the cases are the link's.
  function recall(address) {
    const { view, points, names } = address ?? {};
    lab.view = parsedView(view);
    if (lab.settings.data !== "own") return true;
    const given = points ? explorer.surfaceOwn.pure.fromLink(points, names) : explorer.surfaceOwn.recall();
    lab.own = given;
    lab.stamp = (lab.stamp || 0) + 1;
    if (given) return true;
    lab.afterwards = points ? "The cases of this link could not be read; drawn ones are used." : "This link was made with someone's own table, which no link carries; drawn cases are used. Choose My own data to load a table.";
    set({ data: "line" }, false);
    return false;
  }

  function choose(suggestions) {
    const suggestion = suggestions[subject(lab.settings)];
    if (lab.settings.data === "own" && onData(lab.settings)) {
      if (!lab.own && (lab.own = explorer.surfaceOwn.recall())) lab.stamp = (lab.stamp || 0) + 1;
      if (!lab.own) return false;
      if (!lab.about.endsWith("/own")) set(UNTOUCHED, false); // what was done to other cases is not done to these
    }
    lab.view = null;
    if (suggestion) set(suggestion, false);
    return true;
  }

  function configure(settings, part, visible, suggestions, address) {
    const { no_update: still } = window.dash_clientside;
    if (!settings || !visible) return still;
    if (lab.settings && !lab.restored && lab.settings.held !== settings.held) {
      lab.view = null; // it was of other weights
      setTimeout(writeExtra);
    }
    lab.settings = settings;
    lab.part = part;
    const about = subject(settings);
    if (lab.restored) recall(address);
    else if (lab.about !== null && lab.about !== about && !lab.touching) {
      if (!choose(suggestions)) {
        lab.about = about;
        showRows(); // where a table can be given
        return still;
      }
    }
    if (lab.restored || lab.about !== about) {
      writeExtra();
      lab.experiments?.forget();
    }
    [lab.restored, lab.about] = [false, subject(lab.settings)];
    if (lab.afterwards && settings.data !== "own") {
      notice(lab.afterwards); // now that the change it tells of no longer takes it away
      lab.afterwards = "";
    }
    showRows();
    askAll();
    return still;
  }

  // A reload in the middle of a drag keeps what the hand has done.
  window.addEventListener("pagehide", () => lab.touching && explorer.surfaceOwn.keep(lab.own));

  window.addEventListener("explorer:restored", ({ detail }) => {
    if (detail.lab === LAB) lab.restored = true;
  });

  // A slider under the finger: the pictures follow before the page has.
  window.addEventListener("explorer:moved", ({ detail }) => {
    if (detail.lab !== LAB || !lab.settings) return;
    lab.settings = { ...lab.settings, [detail.setting]: detail.value };
    if (detail.setting in lab.part) inMotion(askAll);
    else askPaths();
  });

  window.addEventListener("explorer:theme", () => pictures.recolour());

  function upload(contents, name) {
    const { no_update: still } = window.dash_clientside;
    if (contents) {
      readers().upload(contents, name);
      window.dash_clientside.set_props("surface-upload", { contents: null }); // or the same file could not be chosen again
    }
    return still;
  }

  // The path from another start, shown as long as it is pointed at; null for the one that counts.
  function preview(pair) {
    const start = pair ? Object.fromEntries(pair.map((value, axis) => [fieldOf(axis), explorer.surfaceMap.pure.fine(value, hands.view()[axis])])) : {};
    askers.paths({ ...wish(), settings: { ...lab.settings, ...start } });
    if (!pair) lab.asked.paths = null;
  }

  // The place for a table, once the page is there.
  const readers = () => (lab.reader ||= explorer.surfaceOwn.create({ settings: () => lab.settings, take }));

  function prepare() {
    if (element("drop")) {
      readers();
      explorer.surfaceExports.create({ wish });
      lab.experiments = explorer.surfaceExperiments.create({ wish, set, settings: () => lab.settings, setStart: hands.setStart, preview });
    } else setTimeout(prepare, 100);
  }
  prepare();

  window.explorer = Object.assign(explorer, { surface: { lab, pure: { subject, meaningful, parsedView } } });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_surface: { configure, upload } });
})();
