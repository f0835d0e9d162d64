"use strict";
// What a person takes along from a training run: files of it, pictures of it, and a way back in.
(() => {
  const LARGEST = 16e6; // bytes of a run file, as in explorer/training/run_files.py
  const MOST_SIZES = 8; // widths of layers in the name of a file
  const FIELDS = ["name", "settings", "own", "run", "history", "first"]; // of a record that go into a file
  const PICTURES = { network: "Network", output: "Output", curves: "Learning curves" };
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // What tells this run from others, as the server calls its files too: circle-2-4-2-1-epoch-120.
  function stemOf({ settings, run, history }) {
    const sizes = (/"sizes":\[([\d,]+)\]/.exec(run)?.[1] ?? "").split(",");
    const layers = sizes.length <= MOST_SIZES ? sizes.join("-") : `${sizes.length - 2}-hidden-layers`;
    return `${settings.dataset}-${layers}-epoch-${Number((history.epoch.at(-1) ?? 0).toFixed(2))}`;
  }

  // A record as the server takes it.
  const toldOf = (record) => ({ ...Object.fromEntries(FIELDS.map((field) => [field, record[field] ?? null])), name: record.name ?? stemOf(record) });

  // This run and the kept ones, each once.
  function together(present, kept) {
    const others = kept.filter(({ run }) => run !== present?.run);
    return (present ? [present, ...others] : others).map(toldOf);
  }

  const opened = (count, name) => `${count === 1 ? "1 run was" : `${count} runs were`} opened from ${name}.`;

  // ---- the page ------------------------------------------------------------------------------------------------

  // A canvas that can render itself as an SVG, whatever else is shown as it stands.
  async function pictureOf(element, format) {
    const { canvasSvg, files } = explorer;
    const canvas = [...element.querySelectorAll("canvas")].find(({ render, clientWidth, clientHeight }) => render && clientWidth && clientHeight);
    if (format !== "svg" || !canvas) return files.picture(element, format);
    const size = { width: canvas.clientWidth, height: canvas.clientHeight };
    return files.pictureBlob(format, files.svg(size, [canvasSvg.drawn(canvas)]), size);
  }

  // lab: {run() -> record of the present run or null, runs() -> the kept records, open(records) -> words to say, or nothing}
  function create(box, lab) {
    const { make } = explorer.ownForm;
    const { pure: file } = explorer.tableFile;
    const { files } = explorer;
    const said = make("p", { id: "training-export-notice", className: "hint", role: "status" });
    Object.assign(said.style, { minHeight: "17px", marginTop: "6px" }); // the place of one line
    const say = (words) => (said.textContent = words);
    const gone = "The server does not answer. Try again when it is back.";
    const none = "There is no run yet.";

    // ---- out -------------------------------------------------------------------------------------------------------

    async function ask(wish) {
      say("Making the file …");
      const answer = await explorer.exchange.ask("/training/export", wish);
      if (!answer || answer.error) return say(answer?.error ?? gone);
      files.save(answer.name, files.blob(answer));
      return say(`${answer.name} was saved.`);
    }

    function runFile() {
      const runs = together(lab.run(), lab.runs());
      return runs.length ? ask({ what: "json", runs }) : say(none);
    }

    function fileOf(what) {
      const record = lab.run();
      if (!record) return say(none);
      const { settings, own, run, history } = toldOf(record);
      return ask({ what, settings, own, run, history });
    }

    async function shot(format) {
      const [record, which] = [lab.run(), choose.value];
      if (!record) return say(none);
      const picture = await pictureOf(document.getElementById(`training-${which}`), format);
      if (!picture) return say("This picture is not shown now.");
      const name = `${stemOf(record)}-${which}.${format}`;
      files.save(name, picture);
      return say(`${name} was saved.`);
    }

    // ---- in --------------------------------------------------------------------------------------------------------

    async function open(chosen) {
      const problem = file.problem(chosen, LARGEST);
      if (problem) return say(problem);
      if (!chosen.length) return undefined;
      const [{ name }] = chosen;
      say(`Reading ${name} …`);
      const text = await chosen[0].text().catch(() => null);
      if (text === null) return say(`${name} could not be opened.`);
      const answer = await explorer.exchange.ask("/training/open", { text });
      if (!answer || answer.error) return say(answer?.error ?? gone);
      return say((await lab.open(answer.runs)) || opened(answer.runs.length, name));
    }

    const accept = ".json,application/json";
    const input = make("input", { id: "training-open-file", type: "file", className: "spoken", accept, ariaLabel: "Open a run file" });
    const link = make("span", { className: "like-link", textContent: "Open a run file…" });
    const drop = make("label", { className: "drop own-drop" }, [make("span", {}, [link, " or drop it here"]), input]);
    drop.style.flex = "1 1 auto";
    explorer.tableFile.receive(drop, input, open);

    // ---- what to press ---------------------------------------------------------------------------------------------

    function button(name, textContent, tip, action) {
      const pressed = make("button", { id: `training-export-${name}`, type: "button", className: "button button-default", textContent });
      pressed.dataset.tip = tip;
      pressed.addEventListener("click", action);
      return pressed;
    }

    const options = Object.entries(PICTURES).map(([value, textContent]) => make("option", { value, textContent }));
    const choose = make("select", { id: "training-export-picture", ariaLabel: "Which picture" }, options);
    const out = [
      button("json", "Run file (JSON)", "This run and the kept ones, to be opened again: here, later or by somebody else", runFile),
      button("csv", "Curves (CSV)", "Errors and accuracies at every point of the curves, with every digit", () => fileOf("csv")),
      button("npz", "Weights (.npz)", "Weights and biases as NumPy arrays, with what is needed to use them elsewhere", () => fileOf("npz")),
      button("script", "Python script", "Makes the same run with the package engine, to the last bit", () => fileOf("script")),
    ];
    const shots = [
      make("label", { className: "inline-label" }, [choose]),
      button("png", "Picture (PNG)", "In twice the resolution of the page", () => shot("png")),
      button("svg", "Picture (SVG)", "Lines and words stay sharp at any size", () => shot("svg")),
    ];
    box.replaceChildren(...[out, shots, [drop]].map((children) => make("div", { className: "tools" }, children)), said);
  }

  window.explorer = Object.assign(explorer, { trainingExports: { create, pure: { stemOf, toldOf, together, opened } } });
})();
