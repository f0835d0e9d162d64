"use strict";
// The data set that a person brings as a table: chosen, dropped or pasted; its target, its inputs, and what came of it.
(() => {
  const explorer = window.explorer;
  const KEY = "explorer-training-own";
  const TEXT = "explorer-training-own-text"; // the table itself, so that other columns can be chosen after a reload
  const LONGEST_KEPT = 1e6; // letters of it: the run needs room beside it
  const LARGEST = 4e6; // bytes of a file, as in explorer/csv_text.py
  const RESTS = 400; // ms that the inputs must rest before they are asked for: several ticks are one choice
  const KINDS = { number: "A number", class: "A class" };
  const MOST_TOLD = 6; // classes by name

  // ---- pure ----------------------------------------------------------------------------------------------------

  const some = (count, noun, plural = `${noun}s`) => `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;

  // What is in use: its size, and what has to be learnt.
  function words({ name, target, data, cases, counts }) {
    const size = `${name}: ${some(cases, "case")}, ${some(data.names.length, "input")}`;
    if (!counts) return `${size}. The target, ${target}, is a number.`;
    const told = counts.slice(0, MOST_TOLD).map((count, i) => `${count.toLocaleString("en")} ${data.target_names[i]}`);
    const rest = counts.length > MOST_TOLD ? [`and ${counts.length - MOST_TOLD} more`] : [];
    return `${size}. The target, ${target}, is one of ${counts.length} classes: ${[...told, ...rest].join(", ")}.`;
  }

  // The inputs after another column became the target: the old one takes its place among them, where it holds numbers.
  function inputsFor(next, { columns, target, inputs }) {
    const numbers = columns.filter(({ name, problem }) => name !== next && !problem).map(({ name }) => name);
    return numbers.filter((name) => name === target || inputs.includes(name));
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  // lab: {changed(): other data, or other words about it}
  function create(box, lab) {
    const { make, radios, keep, recall } = explorer.ownForm;
    const { pure: file } = explorer.tableFile;
    let [used, text, name, asked, turn, waiting, drawn] = [recall(KEY), recall(TEXT), "", null, 0, 0, ""];

    const said = make("p", { className: "hint strong", role: "status" });
    const summary = make("p", { className: "own-summary", role: "status" });
    const notes = make("div", { className: "own-notes" });
    const accept = ".csv,.tsv,.txt,text/csv,text/plain";
    const input = make("input", { type: "file", className: "spoken", accept, ariaLabel: "Choose a CSV file" });
    const link = make("span", { className: "like-link", textContent: "choose one" });
    const drop = make("label", { className: "drop own-drop" }, [make("span", {}, ["Drop a CSV file here or ", link]), input]);
    const placeholder = "x, y, t\n1, 2, yes\n3, 1, no";
    const paste = make("textarea", { id: "training-own-paste", rows: 5, spellcheck: false, placeholder });
    const use = make("button", { type: "button", className: "button button-default", textContent: "Use this table" });
    const target = make("select");
    const kinds = radios("training-own-kind", "Read the target as", Object.entries(KINDS), (kind) => ask({ kind }));
    const legend = make("legend");
    const list = make("div", { className: "own-inputs" });
    const small = (textContent) => make("button", { type: "button", className: "button button-subtle own-small", textContent });
    const [all, none] = ["All", "None"].map(small);
    const inputs = make("fieldset", { className: "own-list" }, [legend, make("div", { className: "own-buttons" }, [all, none]), list]);
    const again = make("p", { className: "hint", textContent: "To choose other columns, load the table again." });
    const targets = make("label", { className: "own-target" }, ["Target", target]);
    const choice = make("div", { className: "own-choice" }, [targets, kinds.element, inputs]);

    const say = (sentence) => (said.textContent = sentence);

    // ---- asking the server -----------------------------------------------------------------------------------------

    async function read(wish, from) {
      const mine = ++turn;
      clearTimeout(waiting);
      const answer = await explorer.exchange.ask("/training/table", wish);
      if (mine !== turn) return; // a later table or choice is on its way
      if (answer === null) say("The server does not answer. Try again when it is back.");
      else if (answer.error) say(`${answer.error}${stays()}`);
      else take(answer, wish.text, from);
    }

    const stays = () => (used ? " The cases told below stay in use." : "");

    function take({ data, problem, cases, counts, notes: told, ...chosen }, from, called) {
      [text, name, asked] = [from, called, chosen];
      if (data) used = { ...chosen, data, cases, counts, notes: told, name };
      say(problem ? `${problem}${stays()}` : "");
      if (data) store();
      show();
      if (data) lab.changed();
    }

    function store() {
      const kept = keep(KEY, used) || (keep(TEXT, null), keep(KEY, used));
      if (!kept) say("This table is too large for the browser's storage: it is in use, but it is not kept over a reload.");
      keep(TEXT, kept && text.length <= LONGEST_KEPT ? text : null);
    }

    // Another choice from the same table.
    function ask(change) {
      const { target: was, inputs: chosen, kind } = asked;
      read({ text, target: was, inputs: chosen, kind, ...change }, name);
    }

    async function open(files) {
      const problem = file.problem(files, LARGEST);
      if (problem) return say(problem);
      if (!files.length) return undefined;
      say(`Reading ${files[0].name} …`);
      try {
        return await read({ text: file.decoded(new Uint8Array(await files[0].arrayBuffer())) }, files[0].name.slice(0, 60));
      } catch {
        return say(`${files[0].name} could not be opened.`);
      }
    }

    // ---- showing ---------------------------------------------------------------------------------------------------

    function show() {
      choice.hidden = !asked || !text;
      again.hidden = !used || Boolean(text);
      summary.textContent = used ? words(used) : "";
      notes.replaceChildren(...(used?.notes ?? []).map((textContent) => make("p", { className: "hint", textContent })));
      if (asked && text) showChoice();
    }

    function showChoice() {
      const { columns, target: chosen, kind } = asked;
      const column = columns.find((each) => each.name === chosen);
      const now = JSON.stringify(columns);
      if (now !== drawn) rebuild(columns);
      drawn = now;
      target.value = chosen;
      kinds.choose(kind);
      kinds.allow("number", column.problem);
      kinds.allow("class", column.class_problem);
      mark();
    }

    // The ticks as they are asked for; the target is no input.
    function mark() {
      const { columns, target: chosen, inputs: ticked } = asked;
      for (const box of boxes()) {
        box.checked = ticked.includes(box.value);
        box.disabled = box.value === chosen || Boolean(columns.find((each) => each.name === box.value).problem);
      }
      legend.textContent = `Inputs: ${ticked.length} of ${boxes().filter((each) => !each.disabled).length}`;
    }

    function rebuild(columns) {
      target.replaceChildren(...columns.map(({ name: value, problem, class_problem: unclassed }) => make("option", {
        value, textContent: problem && unclassed ? `${value} (not usable)` : value, disabled: Boolean(problem && unclassed),
      })));
      list.replaceChildren(...columns.map(({ name: value, problem }) => {
        const label = make("label", { title: value }, [make("input", { type: "checkbox", value }), make("span", { textContent: value })]);
        if (problem) label.dataset.tip = problem;
        return label;
      }));
    }

    const boxes = () => [...list.querySelectorAll("input")];

    function ticked() {
      asked.inputs = boxes().filter((each) => each.checked && !each.disabled).map((each) => each.value);
      mark();
      clearTimeout(waiting);
      waiting = setTimeout(ask, RESTS, {});
    }

    function tickAll(checked) {
      for (const each of boxes()) each.checked = checked && !each.disabled;
      ticked();
    }

    // ---- the hand --------------------------------------------------------------------------------------------------

    explorer.tableFile.receive(drop, input, open);
    use.addEventListener("click", () => read({ text: paste.value }, "Pasted table"));
    target.addEventListener("change", () => read({ text, target: target.value, inputs: inputsFor(target.value, asked) }, name));
    list.addEventListener("change", ticked);
    all.addEventListener("click", () => tickAll(true));
    none.addEventListener("click", () => tickAll(false));

    const pasting = make("details", { className: "quiet-details" }, [
      make("summary", { textContent: "Paste a table instead" }),
      make("label", { className: "hint", htmlFor: paste.id, textContent: "Its first line may hold names." }), paste, use,
    ]);
    const size = `Up to 5,000 rows of 50 columns, ${file.megabytes(LARGEST)}; commas, semicolons or tabs.`;
    const limits = `${size} It is kept in this tab only, and no link carries it.`;
    box.append(drop, pasting, make("p", { className: "hint", textContent: limits }), said, summary, notes, choice, again);
    if (used) {
      const { data, cases, counts, notes: _, name: called, ...chosen } = used;
      [name, asked] = [called, chosen];
    }
    show();
    return { data: () => used?.data ?? null, say };
  }

  explorer.ownTable = { create, pure: { words, inputsFor } };
})();
