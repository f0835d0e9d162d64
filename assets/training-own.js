"use strict";
// Data that a person brings to the training lab, their own table or their own points; see explorer/training/own.py.
(() => {
  const explorer = window.explorer;

  // ---- pure ----------------------------------------------------------------------------------------------------

  // 53 bits of a text (cyrb53): the same data has the same stamp, also after a reload.
  function stampOf(text) {
    let [one, two] = [0xdeadbeef, 0x41c6ce57];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      [one, two] = [Math.imul(one ^ code, 2654435761), Math.imul(two ^ code, 1597334677)];
    }
    const mixed = (a, b) => Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    [one, two] = [mixed(one, two), mixed(two, one)];
    return (4294967296 * (2097151 & two) + (one >>> 0)).toString(36);
  }

  // What the server is told of data that a run carries already.
  const brief = ({ kind, names, target_names }) => ({ kind, names, target_names });

  // ---- the page ------------------------------------------------------------------------------------------------

  const panels = {}; // own, drawn
  const stamps = new WeakMap(); // data -> its stamp, which takes a while
  let shown = null; // the data set that is chosen, if it is one of the two

  const data = () => panels[shown]?.data() ?? null;

  // Null while there is nothing to learn from.
  function own() {
    const now = data();
    if (!now) return null;
    if (!stamps.has(now)) stamps.set(now, stampOf(JSON.stringify(now)));
    return { stamp: stamps.get(now), kind: now.kind };
  }

  // For the server: in full for a new run. Without data what it answers is what has to be done first.
  function told(full) {
    const now = data();
    if (!now) return shown === "own" ? {} : null;
    return full ? now : brief(now);
  }

  // Which data set is chosen -> own()
  function dataset(name) {
    shown = name in panels ? name : null;
    for (const [each, { box }] of Object.entries(panels)) box.hidden = each !== shown;
    return own();
  }

  // lab: {changed(own): other data; own is null while there is none}
  function create(lab) {
    const { make } = explorer.ownForm;
    for (const [name, kind] of [["own", explorer.ownTable], ["drawn", explorer.ownDrawn]]) {
      const box = make("div", { className: "own", hidden: true });
      document.getElementById("training-own").append(box);
      panels[name] = { box, ...kind.create(box, { changed: () => shown === name && lab.changed(own()) }) };
    }
  }

  explorer.trainingOwn = {
    create, own, told, dataset,
    // Of the data set that is drawn: rows [x1, x2, label] join it; the whole plane as a scene without a network.
    add: (rows) => panels.drawn.add(rows),
    blank: () => panels.drawn.blank(),
    // All that is drawn, null where that is not what is learnt; and the same as it was, quietly -> own().
    held: () => (shown === "drawn" ? panels.drawn.held() : null),
    hold(drawn) {
      panels.drawn.hold(drawn);
      return own();
    },
    pure: { stampOf, brief },
  };
})();
