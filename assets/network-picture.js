"use strict";
// The network as columns of neurons, each a picture of what it does, joined by its weights.
// create(container, options) -> picture; options: palette, onHover(target | null), onPick(target | null),
// onCut({index, cut}), mode() -> "edit" | "cut": what a click on a link does.
(() => {
  const LIMIT = 600; // links drawn in one frame
  const WORDS = 1000; // ms between two descriptions for screen readers
  const LIVE = 250; // ms between two reports on a neuron that stays under the pointer while it learns

  const HELP =
    "Arrow keys move from neuron to neuron, the square brackets along the links into a neuron. " +
    "Enter pins a neuron or a link so that its weights can be edited. Delete cuts a link or restores it. Escape leaves.";
  // Scissors, dark on a light rim; where a page has no pictures for pointers, a cross.
  const BLADES = "%3Ccircle cx='6' cy='17' r='3'/%3E%3Ccircle cx='18' cy='17' r='3'/%3E%3Cpath d='M8 14.5L16 3M16 14.5L8 3'/%3E";
  const drawn = (colour, width) => `%3Cg stroke='%23${colour}' stroke-width='${width}'%3E${BLADES}%3C/g%3E`;
  const OPEN = "%3Csvg xmlns='http://www.w3.org/2000/svg' width='24' height='24' fill='none'%3E";
  const SCISSORS = `url("data:image/svg+xml,${OPEN}${drawn("fff", 4)}${drawn("111", 1.6)}%3C/svg%3E") 12 4, crosshair`;

  const { canvas: shared, networkData: data, networkColumns: geometry, networkDraw, networkLinks } = window.explorer;

  // What tells one target from another.
  const FIELDS = ["kind", "layer", "index", "from", "to"];
  const bare = (target) => {
    if (!target) return null;
    const { kind, layer, index, from, to } = target;
    return kind === "link" ? { kind, layer, from, to } : { kind, layer, index };
  };
  const same = (one, other) => one === other || (one && other && FIELDS.every((field) => one[field] === other[field]));

  // A canvas as wide as the network needs, in a container that scrolls where it is narrower.
  function sheetIn(container) {
    const sheet = document.createElement("div");
    Object.assign(sheet.style, { position: "relative", width: "100%", height: "100%" });
    Object.assign(container.style, { overflowX: "auto", overflowY: "hidden" });
    container.append(sheet);
    return sheet;
  }

  function create(container, options = {}) {
    let [scene, columns, arranged, gallery, layoutKey] = [null, null, null, null, ""];
    let [weights, cut, links, missing, target, pinned] = [null, null, [], [], null, null];
    let look = null; // colours, as they are drawn
    let drawnMode = "";
    const ruler = document.createElement("canvas").getContext("2d");
    const measure = (text) => ruler.measureText(text).width;
    const mode = () => options.mode?.() ?? "edit";
    const sheet = sheetIn(container);

    // ---- drawing -----------------------------------------------------------------------------------------------------

    function arrange({ width, height, ratio }) {
      const font = stage.font();
      const key = [width, height, ratio, font].join();
      if (key === layoutKey) return;
      layoutKey = key;
      ruler.font = `12px ${font}`;
      arranged = { font, ...geometry.layout({ scene, ...data.names(scene), width, height, ratio, measure }) };
      ({ columns } = arranged);
      gallery.arrange(columns);
      if (look) gallery.paint(look.table);
      select();
      if (pinned && !shown(pinned)) pinned = null;
      if (target && !shown(target)) point(null);
    }

    function draw(size) {
      if (!scene || !look) return;
      arrange(size);
      if (drawnMode !== mode()) selectMissing();
      const sight = [container.scrollLeft, container.scrollLeft + container.clientWidth];
      const known = { scene, weights, cut, links, missing, gallery, target, pinned, sight, cutting: drawnMode === "cut" };
      networkDraw.paint({ ...arranged, ...look, ...known, context: size.context, measure });
    }

    function select() {
      links = weights && columns ? networkLinks.strongest(weights, cut, columns, LIMIT) : [];
      selectMissing();
    }

    function selectMissing() {
      drawnMode = mode();
      missing = columns && drawnMode === "cut" ? networkLinks.missing(cut, columns, LIMIT) : [];
    }

    const shown = ({ kind, layer, index, from, to }) =>
      kind === "neuron" ? index < columns[layer]?.shown : from < columns[layer - 1]?.shown && to < columns[layer]?.shown;

    // ---- what is looked at ---------------------------------------------------------------------------------------------

    function report(hit) {
      if (!hit) return null;
      if (hit.kind === "neuron") return { ...hit, ...data.neuronValues(scene.sizes, weights, hit.layer, hit.index) };
      const index = data.linkIndex(scene.sizes, hit);
      return { ...hit, index, weight: weights ? weights[index] : null, cut: networkLinks.isCut(cut, index) };
    }

    // While links are cut each of them can be hit; else those that are drawn, and those of what is pinned.
    function hit(x, y) {
      const near = networkLinks.touching(columns, pinned);
      const known = mode() === "cut" ? (layer) => [...networkLinks.every(columns, layer), ...near] : () => links.concat(near);
      return geometry.neuronAt(columns, x, y) || networkLinks.linkAt(columns, known, x, y);
    }

    function point(next) {
      if (next?.kind !== "link") canvas.style.cursor = next ? "pointer" : "";
      else canvas.style.cursor = mode() === "cut" ? SCISSORS : "pointer";
      if (same(next, target)) return;
      target = next;
      stage.redraw();
      options.onHover?.(report(target));
    }

    function use(chosen) {
      if (chosen?.kind === "link" && mode() === "cut") cutOrRestore(chosen);
      else if (chosen || mode() !== "cut") options.onPick?.(report(chosen));
    }

    function cutOrRestore(link) {
      const { index, cut: gone } = report(link);
      options.onCut?.({ index, cut: gone });
    }

    // ---- the keyboard --------------------------------------------------------------------------------------------------

    function move(next) {
      point(next);
      reveal();
      stage.say(data.spoken(scene, report(target)));
      return true;
    }

    // Scrolls so far that what is looked at is in sight.
    function reveal() {
      const { x } = geometry.centre(columns[target.layer], target.index ?? target.to);
      const { scrollLeft, clientWidth } = container;
      if (x < scrollLeft + 40 || x > scrollLeft + clientWidth - 40) container.scrollLeft = x - clientWidth / 2;
    }

    function leave() {
      if (target) point(null);
      else if (pinned) options.onPick?.(null);
      else return false;
      return true;
    }

    function key(pressed, shift) {
      if (!columns) return false;
      const way = { "]": 1, "[": -1, ...(shift && { ArrowDown: 1, ArrowUp: -1 }) }[pressed];
      if (pressed === "Escape") return leave();
      if (way) return target ? move(networkLinks.walk(columns, target, way)) : false;
      if (pressed.startsWith("Arrow")) return move(geometry.step(columns, target ?? pinned, pressed));
      if (!target) return false;
      if (pressed === "Enter" || pressed === " ") return use(target), true;
      if (pressed !== "Delete" && pressed !== "Backspace") return false;
      if (target.kind === "link") cutOrRestore(target);
      return true;
    }

    // ---- the page --------------------------------------------------------------------------------------------------------

    const stage = shared.stage(sheet, {
      className: "explorer-network-picture",
      draw,
      key,
      point: (x, y) => columns && point(x === null ? null : hit(x, y)),
    });
    const canvas = sheet.querySelector("canvas");
    canvas.render = draw;
    canvas.setAttribute("aria-description", HELP);
    canvas.style.touchAction = "pan-x pan-y pinch-zoom";
    canvas.addEventListener("click", (event) => columns && use(hit(event.offsetX, event.offsetY)));
    container.addEventListener("scroll", () => target && stage.redraw());
    // whatever was pressed: a click on a link may mean something else now
    window.addEventListener("click", () => drawnMode !== mode() && stage.redraw());
    const describe = shared.throttle(() => stage.label(data.description(scene, weights)), WORDS);
    const live = shared.throttle(() => target && options.onHover?.(report(target)), LIVE);

    const setPalette = (next) => {
      if (!Array.isArray(next?.stops)) return;
      const accent = getComputedStyle(container).getPropertyValue("--accent").trim() || next.ink;
      look = { ...window.explorer.networkTiles.colours(next), accent };
      if (columns) gallery.paint(look.table);
      stage.redraw();
    };

    const setScene = (next) => {
      if (!data.valid(next)) return false;
      const kept = scene !== null && data.alike(scene, next);
      scene = next;
      layoutKey = "";
      if (!kept) {
        [columns, weights, cut, links, missing, pinned] = [null, null, null, [], [], null];
        gallery = window.explorer.networkTiles.gallery(next);
        sheet.style.minWidth = `${geometry.leastWidth(next, data.names(next))}px`;
        point(null);
      }
      describe();
      stage.redraw();
      return true;
    };

    // Draws at once: the caller plays frames on requestAnimationFrame. False if the frame does not fit the scene.
    const frame = (next) => {
      const parts = scene && data.decode(next, scene);
      if (!parts) return false;
      gallery.take(parts);
      weights = parts.weights ?? weights;
      ({ cut } = parts);
      if (columns && look) {
        gallery.paint(look.table, 1);
        select();
      }
      stage.draw();
      describe();
      if (target) live();
      return true;
    };

    // What stays emphasised, whatever is looked at.
    const pin = (next) => {
      pinned = next && columns && shown(next) ? bare(next) : null;
      stage.redraw();
    };

    if (options.palette) setPalette(options.palette);
    return {
      scene: setScene,
      frame,
      pin,
      palette: setPalette,
      caption: () => (scene && columns ? data.caption(scene, columns, LIMIT) : ""),
    };
  }

  window.explorer.networkPicture = { create };
})();
