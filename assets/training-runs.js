"use strict";
// Runs that were kept: named, laid over the curves, compared, taken up again; in the browser's own storage.
(() => {
  const KEY = "explorer-training-runs";
  const MOST = 8;
  const POINTS = 300; // of the curves of a kept run
  const DIGITS = 6;
  const RESULTS = ["epoch", "training", "validation", "test", "accuracy", "best validation"];
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  const rounded = (value) => (typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value);

  // A history with fewer points, dense where the original is.
  function thinned(history, most = POINTS) {
    const count = history.step.length;
    const places = count <= most ? [...history.step.keys()] : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
    return Object.fromEntries(Object.entries(history).map(([key, values]) => [key, places.map((i) => (key === "step" ? values[i] : rounded(values[i])))]));
  }

  // The fields in which some of these settings differ.
  function differing(all, ignored = explorer.settings.looks("training")) {
    const { alike: same } = explorer.trainingRecords.pure;
    const fields = Object.keys(all[0] ?? {}).filter((field) => !ignored.includes(field));
    return fields.filter((field) => all.some((settings) => !same(settings[field], all[0][field])));
  }

  const nameOf = ({ dataset }, sizes) => `${dataset} ${sizes.length > 8 ? `${sizes.length - 2} layers` : sizes.join("-")}`;

  function unlike(plain, taken) {
    let name = plain;
    for (let i = 2; taken.includes(name); i++) name = `${plain} (${i})`;
    return name;
  }

  const readable = (field) => field.replaceAll("_", " ");

  // What a run has come to, as words for RESULTS; of one that has not begun nothing is known.
  function results(frame) {
    const { error, share, grouped } = explorer.trainingWords;
    if (!frame) return RESULTS.map(() => "–");
    const { epoch, training_error: training, validation_error: validation, test_error: test, accuracy, best } = frame;
    const read = accuracy ? share(accuracy.validation ?? accuracy.training) : "–";
    return [grouped(epoch), error(training), error(validation), error(test), read, best ? `${error(best.error)} at ${grouped(best.epoch)}` : "–"];
  }

  // ---- what may have been altered in the storage -----------------------------------------------------------------

  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const isNumber = (value) => value === null || typeof value === "number";
  const areNumbers = (values) => Array.isArray(values) && values.every(isNumber);
  const holds = (record, fields) => isRecord(record) && fields.every((field) => isNumber(record[field] ?? null));
  const alike = (lists) => new Set(lists.map(({ length }) => length)).size === 1;

  function soundFrame(frame) {
    const errors = ["training_error", "validation_error", "test_error"];
    const optional = (record, fields) => record === null || record === undefined || holds(record, fields);
    if (!holds(frame, errors) || !Number.isFinite(frame.step) || !Number.isFinite(frame.epoch)) return false;
    return optional(frame.accuracy, ["training", "validation", "test"]) && optional(frame.best, ["step", "epoch", "error"]);
  }

  function sound(record) {
    if (!isRecord(record) || typeof record.run !== "string" || typeof record.name !== "string") return false;
    const { settings, history, sizes, frame } = record;
    const curves = Object.keys(explorer.history.create()).map((key) => history?.[key]);
    if (!isRecord(settings) || Object.values(settings).some((value) => value === null || typeof value === "object")) return false;
    return areNumbers(sizes) && curves.every(areNumbers) && alike(curves) && soundFrame(frame);
  }

  // ---- storage -------------------------------------------------------------------------------------------------

  function load() {
    try {
      const stored = JSON.parse(localStorage.getItem(KEY));
      return Array.isArray(stored) ? stored.filter(sound).slice(0, MOST) : [];
    } catch {
      return [];
    }
  }

  // -> whether they survive a reload
  function store(records) {
    try {
      localStorage.setItem(KEY, JSON.stringify(records));
      return true;
    } catch {
      return false;
    }
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  // Texts into the cells between the first and the last of a row, which stay: somebody may be typing there.
  function put(row, texts, cell) {
    const cells = [...row.children].slice(1, -1);
    if (cells.length === texts.length) return texts.forEach((text, i) => cells[i].textContent !== text && (cells[i].textContent = text));
    for (const each of cells) each.remove();
    return row.lastElementChild.before(...texts.map((textContent) => Object.assign(cell(), { textContent })));
  }

  // lab: {record() -> what there is to keep of the present run, present() -> its {settings, frame | null} or null, restore(record),
  // removed(record, back), changed(): what is laid over the curves is another}
  function create(box, lab) {
    let [records, isStored] = [load(), true];
    let table = null; // {head, present, kept}: its rows
    const status = make("p", { className: "hint", role: "status" });
    const keep = make("button", { type: "button", id: "training-keep", className: "button button-default", textContent: "Keep this run" });
    const body = make("div", { className: "runs-table" });
    box.replaceChildren(make("div", { className: "runs-tools" }, [keep]), body, status);

    const colour = (place) => {
      const { classes } = explorer.plots.palette();
      return classes[place % classes.length];
    };

    function say(words) {
      status.textContent = words;
    }

    function saved() {
      isStored = store(records);
      say(isStored ? "" : "The browser's storage is full: the runs that are not stored are lost when this page closes. Remove some, or save them as a file.");
      lab.changed();
    }

    function add(record) {
      if (records.length >= MOST) {
        say(`At most ${MOST} runs can be kept; remove one first.`);
        return false;
      }
      const name = unlike(record.name ?? nameOf(record.settings, record.sizes), records.map((each) => each.name));
      records = [...records, { shown: true, ...record, name }];
      draw();
      saved();
      return true;
    }

    function remove(record) {
      const place = records.indexOf(record);
      records = records.filter((each) => each !== record);
      lab.removed(record, () => bringBack(record, place));
      draw();
      saved();
    }

    function bringBack(record, place) {
      if (records.length >= MOST) return say(`At most ${MOST} runs can be kept; ${record.name} stays removed.`);
      const name = unlike(record.name, records.map((each) => each.name));
      records = records.toSpliced(place, 0, { ...record, name });
      draw();
      return saved();
    }

    function button(label, action) {
      const made = make("button", { type: "button", className: "button button-subtle", textContent: label });
      made.addEventListener("click", action);
      return made;
    }

    function row(record, place) {
      const show = make("input", { type: "checkbox", checked: record.shown });
      show.addEventListener("change", () => {
        record.shown = show.checked;
        saved();
      });
      const dot = make("span", { className: "runs-dot" });
      dot.style.background = colour(place);
      const name = make("input", { type: "text", className: "runs-name", maxLength: 60, ariaLabel: "Name of the run" });
      const [restore, forget] = [button("Restore", () => lab.restore(record)), button("Remove", () => remove(record))];
      // Without another table: a click that ends the typing finds its button.
      function call() {
        name.value = record.name;
        show.ariaLabel = `Lay ${record.name} over the curves`;
        [restore.dataset.tip, forget.dataset.tip] = [`Go on with ${record.name}`, `Forget ${record.name}`];
      }
      name.addEventListener("change", () => {
        record.name = name.value.trim() || record.name;
        call();
        saved();
      });
      call();
      return make("tr", {}, [make("th", { scope: "row" }, [make("span", { className: "runs-head" }, [show, dot, name])]), make("td", {}, [restore, forget])]);
    }

    // The focus stays at its place in the table.
    function draw() {
      const focusable = () => [...body.querySelectorAll("input, button")];
      const place = focusable().indexOf(document.activeElement);
      fill();
      if (place >= 0) (focusable()[place] ?? focusable().at(-1) ?? keep).focus({ preventScroll: true });
    }

    function fill() {
      table = null;
      if (!records.length) return body.replaceChildren(make("p", { className: "hint", textContent: "A kept run stays on the curves beside the next one, survives a reload, and can be taken up again." }));
      const head = make("tr", {}, [columnHead("Run"), columnHead("")]);
      const present = make("tr", {}, [make("th", { scope: "row", textContent: "This run" }), make("td")]);
      table = { head, present, kept: records.map(row) };
      body.replaceChildren(make("table", {}, [make("thead", {}, [head]), make("tbody", {}, [present, ...table.kept])]));
      return tell();
    }

    const columnHead = (textContent) => make("th", { scope: "col", textContent });

    // What the rows say, the present run's as it is now.
    function tell() {
      const { settings, frame } = lab.present() ?? { settings: null, frame: null };
      const fields = differing([...(settings ? [settings] : []), ...records.map((record) => record.settings)]);
      const cellsOf = (told, frame) => [...fields.map((field) => String(told?.[field] ?? "–")), ...results(frame)];
      put(table.head, [...fields.map(readable), ...RESULTS], () => columnHead(""));
      put(table.present, cellsOf(settings, frame), () => make("td"));
      table.kept.forEach((each, place) => put(each, cellsOf(records[place].settings, records[place].frame), () => make("td")));
    }

    keep.addEventListener("click", () => {
      const record = lab.record();
      if (record) add({ ...record, history: thinned(record.history) });
    });
    function drawAll() {
      draw();
      lab.changed();
    }

    window.addEventListener("explorer:theme", drawAll);
    window.addEventListener("storage", ({ key }) => {
      if (key !== KEY || !isStored) return; // what only this page has is not thrown away
      records = load();
      drawAll();
    });
    draw();

    return {
      add: (record) => add({ ...record, history: thinned(record.history) }),
      all: () => records,
      // The present run has gone on, or is another.
      follow: () => table && tell(),
      // What lies over the curves: [{name, colour, history}]
      shown: () => records.map((record, place) => ({ ...record, colour: colour(place) })).filter(({ shown }) => shown),
      say,
    };
  }

  window.explorer = Object.assign(explorer, { trainingRuns: { create, pure: { thinned, differing, results, nameOf, unlike, sound } } });
})();
