"use strict";
// The frame around the labs: colour scheme and palette, which lab is shown, the address bar, copying the link.
// Loaded in the head, so that the scheme stands before anything is drawn.
(() => {
  const SCHEME_KEY = "mantine-color-scheme-value"; // Mantine's own, so that it agrees
  const PALETTE_KEY = "explorer-palette";
  const LINK_KEY = "explorer-link-"; // with a lab's name: its last link, in this tab
  const ASK_AGAIN = 3000; // ms until a link is read again whose settings did not come
  const WRITE_INTERVAL = 200; // ms; Chromium refuses more than 200 changes of the address in 30 s
  const HINT = 300; // ms under the pointer before a help text appears
  const SAID = 2500; // ms that a confirmation stays

  const root = document.documentElement;
  const say = (type, detail) => window.dispatchEvent(new CustomEvent(type, { detail }));
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  // ---- pure: addresses -----------------------------------------------------------------------------------------

  // Readable where the standard allows it: commas, colons and slashes stay as they are.
  function query(parameters) {
    const text = new URLSearchParams(parameters).toString();
    return text && "?" + text.replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/");
  }

  const parameters = (search) => Object.fromEntries([...new URLSearchParams(search)].reverse()); // the first one wins

  const trimmed = (path) => path.replace(/\/+$/, "") || "/";

  const labAt = (labs, path) => labs.find((lab) => trimmed(lab.path) === trimmed(path));

  // ---- colour scheme and palette -------------------------------------------------------------------------------

  const recall = (key, storage = "localStorage") => {
    try {
      return window[storage].getItem(key);
    } catch {
      return null; // storage is forbidden: the choice lasts as long as the page
    }
  };

  const keep = (key, value, storage = "localStorage") => {
    try {
      window[storage].setItem(key, value);
    } catch {
      // as above
    }
  };

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const scheme = () => root.getAttribute("data-mantine-color-scheme") || (dark.matches ? "dark" : "light");
  let [theme, palette] = [null, null];

  function prepareScheme() {
    const kept = recall(SCHEME_KEY);
    root.setAttribute("data-mantine-color-scheme", ["light", "dark"].includes(kept) ? kept : dark.matches ? "dark" : "light");
    let before = scheme();
    const changed = () => before !== scheme() && ((before = scheme()), say("explorer:theme"));
    new MutationObserver(changed).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });
  }

  function toggleScheme() {
    const next = scheme() === "dark" ? "light" : "dark";
    keep(SCHEME_KEY, next);
    root.setAttribute("data-mantine-color-scheme", next);
    setProps("mantine", { forceColorScheme: next });
  }

  function choosePalette(name) {
    palette = name in theme.palettes ? name : theme.palette;
    for (const item of document.querySelectorAll("[data-palette]")) {
      item.setAttribute("aria-pressed", item.dataset.palette === palette);
    }
    say("explorer:theme");
  }

  // ---- the address bar -----------------------------------------------------------------------------------------

  const links = {}; // lab -> what its link says: {settings, extra}
  let [labs, title, shown, timer, written] = [[], "", null, null, 0];

  const linkOf = (name) => (links[name] ||= { settings: {}, extra: {} });

  function address(name) {
    const { settings, extra } = linkOf(name);
    return labs.find((lab) => lab.name === name).path + query({ ...settings, ...extra });
  }

  function write() {
    clearTimeout(timer);
    timer = null;
    const next = address(shown);
    if (next === window.location.pathname + window.location.search) return;
    window.history.replaceState(window.history.state, "", next);
    written = performance.now();
  }

  function change(name, key, values) {
    linkOf(name)[key] = values;
    if (key === "settings") clearTimeout(labs.find((lab) => lab.name === name)?.again);
    keep(LINK_KEY + name, query({ ...linkOf(name).settings, ...linkOf(name).extra }), "sessionStorage");
    if (name === shown) timer ??= setTimeout(write, Math.max(0, written + WRITE_INTERVAL - performance.now()));
  }

  // ---- which lab is shown --------------------------------------------------------------------------------------

  function show(lab) {
    shown = lab.name;
    for (const each of labs) {
      const visible = each === lab;
      setProps(`lab-${each.name}`, { hidden: !visible });
      setProps(`nav-${each.name}`, { "aria-current": visible ? "page" : undefined });
      if (visible || each.seen) setProps(`${each.name}-visible`, { data: visible });
    }
    lab.seen = true;
    document.title = `${lab.title} · ${title}`;
    setTimeout(() => say("explorer:shown", { lab: lab.name })); // by then it has a size
  }

  function restore(lab, values) {
    lab.restored = true;
    setProps(`${lab.name}-address`, { data: values });
    // the server reads a link; while it is away it is asked again
    clearTimeout(lab.again);
    lab.again = setTimeout(() => restore(lab, { ...values }), ASK_AGAIN);
  }

  // From the address bar: at the start, and when the user goes back or forward.
  function follow() {
    clearTimeout(timer);
    timer = null;
    const { pathname, search } = window.location;
    const found = labAt(labs, pathname);
    const lab = found || labs[0];
    const unknown = !found && pathname !== "/";
    setProps("shell-notice", { children: unknown ? `There is no page at ${pathname.slice(0, 60)}; this is ${lab.title}.` : "" });
    show(lab);
    if (!lab.restored || pathname + search !== address(lab.name)) restore(lab, unknown ? {} : parameters(search));
    // the others too, while the server that sent this page is there: as this tab left them
    for (const other of labs) if (!other.restored) restore(other, parameters(recall(LINK_KEY + other.name, "sessionStorage") || ""));
  }

  // A link of the header.
  function go(lab) {
    if (lab.name === shown) return;
    if (timer) write();
    setProps("shell-notice", { children: "" });
    window.history.pushState(null, "", address(lab.name));
    show(lab);
    window.scrollTo(0, 0);
  }

  function clicked(event) {
    const item = event.target.closest("[data-palette]");
    if (item) {
      keep(PALETTE_KEY, item.dataset.palette);
      choosePalette(item.dataset.palette);
    }
    if (!event.target.closest("#choose-palette")) closeMenu();
    if (event.target.closest("#toggle-scheme")) toggleScheme();
    if (event.target.closest("#copy-link")) copy();
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    const link = event.target.closest(".head a[href^='/']");
    if (!link || !plain) return;
    event.preventDefault();
    go(labAt(labs, link.pathname) || labs[0]);
  }

  // ---- copying the link ----------------------------------------------------------------------------------------

  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return selected(text); // no permission, or not a secure context
    }
  }

  function selected(text) {
    const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true, className: "spoken" });
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  async function copy() {
    say("explorer:link", { lab: shown }); // a lab puts in what changes too often for the address bar
    write();
    const done = await toClipboard(window.location.href);
    const words = document.getElementById("copy-said");
    words.textContent = done ? "Link copied" : "Copying is not allowed here: the link is in the address bar";
    clearTimeout(words.timer);
    words.timer = setTimeout(() => (words.textContent = ""), SAID);
  }

  // ---- short help texts: one bubble for the whole page, named by data-tip ---------------------------------------

  const bubble = Object.assign(document.createElement("div"), { className: "bubble", hidden: true });
  let [pointing, used] = [null, null]; // used: what was pressed needs no hint before the pointer comes again

  function place(target) {
    const box = target.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = bubble;
    const left = Math.min(Math.max(box.left + (box.width - width) / 2, 8), root.clientWidth - width - 8);
    const top = box.bottom + 8 + height < root.clientHeight ? box.bottom + 8 : box.top - height - 8;
    Object.assign(bubble.style, { left: `${left}px`, top: `${top}px` });
  }

  function hint(target) {
    clearTimeout(pointing);
    bubble.hidden = !target;
    if (!target) return;
    bubble.textContent = target.dataset.tip;
    document.body.append(bubble);
    place(target);
  }

  const tipped = (event) => (event.target instanceof Element ? event.target.closest("[data-tip]") : null);

  function prepareHints() {
    document.addEventListener("pointerover", (event) => {
      const target = tipped(event);
      if (target && target === used) return;
      used = null;
      clearTimeout(pointing);
      if (!target) hint(null);
      else pointing = setTimeout(() => hint(target), event.pointerType === "touch" ? 0 : HINT);
    });
    document.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch") return;
      used = tipped(event);
      hint(null);
    });
    document.addEventListener("focusin", (event) => hint(event.target.matches(":focus-visible") ? tipped(event) : null));
    document.addEventListener("focusout", () => hint(null));
    document.addEventListener("scroll", () => hint(null), { capture: true, passive: true });
  }

  function closeMenu() {
    document.getElementById("choose-palette").open = false;
  }

  function pressed(event) {
    if (event.key !== "Escape") return;
    hint(null);
    const menu = document.getElementById("choose-palette");
    if (menu.open) menu.querySelector("summary").focus();
    closeMenu();
  }

  // ---- start ---------------------------------------------------------------------------------------------------

  function start(records, colours) {
    ({ title } = records);
    labs = records.labs.map((lab) => ({ ...lab, seen: false, restored: false }));
    theme = colours;
    choosePalette(recall(PALETTE_KEY));
    document.addEventListener("click", clicked);
    document.addEventListener("keydown", pressed);
    prepareHints();
    window.addEventListener("popstate", follow);
    follow();
    return true;
  }

  prepareScheme();
  window.explorer = Object.assign(window.explorer || {}, {
    theme: { data: () => theme, scheme, palette: () => palette },
    address: {
      settings: (lab, values) => change(lab, "settings", values),
      extra: (lab, values) => change(lab, "extra", values),
      flush: () => timer && write(),
      shown: () => shown,
      pure: { query, parameters, labAt },
    },
  });
  window.dash_clientside = Object.assign(window.dash_clientside || {}, { explorer_shell: { start } });
})();
