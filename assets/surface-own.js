"use strict";
// The user's own table: chosen, dropped or pasted; which of its columns count; kept in this tab only.
(() => {
  const KEY = "explorer-surface-own";
  const MOST_IN_LINK = 240; // numbers of cases that a link carries
  const NONE = "";

  // ---- pure ----------------------------------------------------------------------------------------------------

  // Cases moved by hand as a link's text, "x,t;x,t"; null for what is too much, or a table, which no link carries.
  function toLink({ inputs, targets, origin }) {
    if (origin !== "touched" || inputs.length * (inputs[0].length + 1) > MOST_IN_LINK) return null;
    return inputs.map((input, i) => [...input, targets[i]].map((value) => Number(value.toPrecision(6))).join(",")).join(";");
  }

  // The way back; null for what is no list of cases. Names come from the link too.
  function fromLink(points, names) {
    const rows = String(points ?? "").split(";").map((row) => row.split(",").map((text) => (/^-?[\d.]+(e[-+]?\d+)?$/.test(text) ? Number(text) : NaN)));
    const width = rows[0].length - 1;
    const sound = rows.length >= 2 && width >= 1 && width <= 3 && rows.length * (width + 1) <= MOST_IN_LINK && rows.every((row) => row.length === width + 1 && row.every((value) => Math.abs(value) <= 1e12));
    if (!sound) return null;
    const told = String(names ?? "").split(",").map((name) => name.slice(0, 40));
    const [target, given] = [told.at(-1), told.slice(0, -1)];
    return { inputs: rows.map((row) => row.slice(0, -1)), targets: rows.map((row) => row.at(-1)), names: given.length === width ? given : [], target: given.length === width ? target : "", origin: "touched" };
  }

  // ---- storage -------------------------------------------------------------------------------------------------

  function keep(own) {
    try {
      if (own) window.sessionStorage.setItem(KEY, JSON.stringify(own));
      else window.sessionStorage.removeItem(KEY);
    } catch {
      // storage is full or forbidden: the cases last as long as the page
    }
  }

  function recall() {
    try {
      return JSON.parse(window.sessionStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  // ---- the page ------------------------------------------------------------------------------------------------

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // lab: {settings(), take(cases, suggestion)}
  function create(lab) {
    const element = (name) => document.getElementById(`surface-${name}`);
    const table = { text: null, name: "" };
    let turn = 0;
    const say = (words) => (element("own-notice").textContent = words);

    async function use(text, name, chosen = {}) {
      const mine = ++turn;
      const answer = await window.explorer.exchange.ask("/surface/table", { text, settings: lab.settings(), ...chosen });
      if (mine !== turn) return undefined; // a later table or choice is on its way
      if (answer === null) return say("The server does not answer. Try again when it is back.");
      if (answer.error) return say(answer.error);
      Object.assign(table, { text, name });
      choose(answer);
      const count = answer.cases.targets.length;
      say([`${name}: ${count.toLocaleString("en")} cases.`, ...answer.notes].join(" "));
      return lab.take({ ...answer.cases, origin: "table" }, answer.suggestion);
    }

    function menu(label, columns, value, optional) {
      const offers = [...(optional ? [{ name: NONE, title: "none" }] : []), ...columns.map(({ name, problem }) => ({ name, title: problem ? `${name} (not usable)` : name, problem }))];
      const options = offers.map(({ name, title, problem }) => make("option", { value: name, textContent: title, disabled: Boolean(problem), selected: name === value }));
      return make("label", {}, [label, make("select", {}, options)]);
    }

    function choose({ columns, target, inputs }) {
      const menus = [menu("Target", columns, target), ...[0, 1, 2].map((i) => menu(`Input ${i + 1}`, columns, inputs[i] ?? NONE, i > 0))];
      for (const each of menus) each.addEventListener("change", () => recolumn(menus));
      const problems = columns.filter(({ problem }) => problem).slice(0, 3).map(({ problem }) => make("p", { className: "hint", textContent: problem }));
      element("columns").replaceChildren(...menus, ...problems);
    }

    function recolumn(menus) {
      const [target, ...inputs] = menus.map((each) => each.querySelector("select").value);
      use(table.text, table.name, { target, inputs: inputs.filter((name) => name !== NONE) });
    }

    // dcc.Upload says nothing of a file that is too large, or of several.
    function watch(event) {
      const files = [...(event.target.files || event.dataTransfer?.files || [])];
      const limit = Number(element("drop").dataset.limit);
      const problem = window.explorer.tableFile.pure.problem(files, limit);
      if (problem) say(problem);
      else if (files.length) say(`Reading ${files[0].name} …`);
    }

    function upload(contents, name) {
      const bytes = Uint8Array.from(atob(contents.split(",")[1] || ""), (letter) => letter.charCodeAt(0));
      return use(window.explorer.tableFile.pure.decoded(bytes), String(name).slice(0, 60));
    }

    for (const kind of ["change", "drop"]) element("drop").addEventListener(kind, watch, { capture: true });
    element("use-paste").addEventListener("click", () => use(element("paste").value, "Pasted table"));
    return { upload, say };
  }

  window.explorer = Object.assign(window.explorer || {}, { surfaceOwn: { create, keep, recall, pure: { toLink, fromLink } } });
})();
