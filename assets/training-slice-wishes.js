"use strict";
// Of the cut through the error surface: which plane is chosen, and when it is asked for.
(() => {
  const { sliceData: data } = window.explorer;
  const EVERY = 600; // ms between two questions while the network learns
  const SHARE = 3; // a slow server rests so many times as long as it took
  const REST = 500; // ms without a new moment after which the finest map is wanted
  const AGAIN = 2000; // ms after which a server that was away is asked again
  const KINDS = [["path", "Plane of the path (PCA)"], ["weights", "Two weights"], ["random", "Random directions"]];

  const make = (name, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // ---- what is chosen ------------------------------------------------------------------------------------------

  function options(menu, list, chosen) {
    menu.replaceChildren(...list.map(({ index, title }) => make("option", { value: String(index), textContent: title, selected: index === chosen })));
  }

  // The plane: its kind, two weights, a seed. weights() -> list, far() -> how far each has moved.
  function chooser({ weights, far, changed }) {
    let [kind, pair, seed] = ["path", null, 0];
    const kinds = make("select", { ariaLabel: "Plane" }, KINDS.map(([value, textContent]) => make("option", { value, textContent })));
    const menus = ["First weight", "Second weight"].map((ariaLabel) => make("select", { ariaLabel, className: "slice-weight" }));
    const other = make("button", { type: "button", className: "button button-default", textContent: "Other directions" });
    const words = make("span", { className: "slice-about", textContent: "Through the present weights, where the path stays closest" });
    const about = { path: [words], weights: menus, random: [other] };
    const which = make("div", { className: "slice-which" }, [words]);

    function fill() {
      const { listed, pair: farthest } = data.menu(weights(), far());
      pair = pair && pair.every((index) => listed.some((each) => each.index === index)) ? pair : farthest;
      menus.forEach((menu, i) => options(menu, listed, pair[i]));
    }

    function choose() {
      kind = kinds.value;
      if (kind === "weights") fill();
      which.replaceChildren(...about[kind]);
      changed();
    }

    // Two menus never show the same weight: the other one takes what this one had.
    function take(place) {
      const [before, next] = [pair[place], Number(menus[place].value)];
      pair = next === pair[1 - place] ? [pair[1], pair[0]] : pair.map((index, i) => (i === place ? next : index));
      if (before !== next) menus.forEach((menu, i) => (menu.value = String(pair[i])));
      changed();
    }

    kinds.addEventListener("change", choose);
    menus.forEach((menu, i) => menu.addEventListener("change", () => take(i)));
    other.addEventListener("click", () => ((seed += 1), changed()));

    return {
      kinds, which,
      plane() {
        if (kind === "weights") return pair?.length === 2 ? { kind, first: pair[0], second: pair[1] } : null;
        return kind === "random" ? { kind, seed } : { kind };
      },
      // Another network has other weights.
      renew() {
        pair = null;
        if (kind === "weights") fill();
      },
    };
  }

  // ---- when it is asked ----------------------------------------------------------------------------------------

  // One question at a time, no more than one every EVERY ms; after a rest the last one for the finest map.
  function pace(send) {
    let [open, flying, wanted, moving, next, timer, resting] = [false, false, false, false, 0, 0, 0];

    function consider() {
      clearTimeout(timer);
      if (!open || flying || !wanted) return;
      const wait = next - performance.now();
      if (wait > 0) timer = setTimeout(consider, wait);
      else ask();
    }

    async function ask() {
      [flying, wanted] = [true, false];
      const begin = performance.now();
      const heard = await send(moving).catch(() => true); // what went wrong once goes wrong again
      const took = performance.now() - begin;
      [flying, next] = [false, begin + Math.max(EVERY, (1 + SHARE) * took)];
      if (!heard) [wanted, next] = [true, performance.now() + AGAIN];
      consider();
    }

    function rested() {
      [moving, wanted, next] = [false, true, 0];
      consider();
    }

    return {
      moved() {
        [moving, wanted] = [true, true];
        clearTimeout(resting);
        resting = setTimeout(rested, REST);
        consider();
      },
      // What a hand has chosen is wanted at once.
      now() {
        [wanted, next] = [true, 0];
        consider();
      },
      open(value) {
        open = value;
        consider();
      },
    };
  }

  window.explorer = Object.assign(window.explorer || {}, { sliceWishes: { chooser, pace } });
})();
