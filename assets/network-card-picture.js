"use strict";
// What the card of a neuron or link shows as a picture: what it does, how its output is summed, what a link joins.
(() => {
  const SIDE = 168; // px
  const SUM = { width: 300, height: 176, left: 34, right: 12, top: 10 }; // px, of the weighted sum
  const ENDS = { side: 92, between: 76, top: 6 }; // px, of the two neurons that a link joins
  const TEXT = 20; // px below

  const { explorer } = window; // the other parts of the network picture are loaded later

  const last = ({ sizes }) => sizes.length - 1;

  // ---- pure: the weighted sum ------------------------------------------------------------------------------------------

  const isSum = (scene, { kind, layer, index }) =>
    scene.view === "curve" && kind === "neuron" && layer === last(scene) && index === 0;

  // Rows of contributions (R, samples) -> each row and their sum.
  function summed(contributions, samples) {
    const rows = Array.from({ length: contributions.length / samples }, (_, i) => contributions.subarray(i * samples, (i + 1) * samples));
    const total = new Float32Array(samples);
    for (const row of rows) for (let i = 0; i < samples; i++) total[i] += row[i];
    return { rows, total };
  }

  // A range of round numbers around all lines and zero, and the ticks inside it.
  function rangeOf(lines) {
    let [low, high] = [0, 0];
    for (const line of lines) for (const value of line) [low, high] = [Math.min(low, value), Math.max(high, value)];
    if (!(high - low > 1e-9)) [low, high] = [-1, 1];
    const wide = explorer.canvas.ticks(low, high, 5);
    const step = wide.length > 1 ? wide[1] - wide[0] : high - low;
    [low, high] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
    return { low, high, ticks: explorer.canvas.ticks(low, high, 6) };
  }

  // ---- painting --------------------------------------------------------------------------------------------------------

  function line(view, values, { low, high }, { colour, width: thick, alpha = 1, dash = [] }) {
    const { context } = view;
    context.beginPath();
    const width = SUM.width - SUM.left - SUM.right;
    explorer.networkTiles.trace(context, { values, low, high }, SUM.left, SUM.top, width, SUM.height, (value) => value);
    [context.strokeStyle, context.lineWidth, context.globalAlpha, context.lineJoin] = [colour, thick, alpha, "round"];
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  function grid(view, range) {
    const { context, palette } = view;
    const right = SUM.width - SUM.right;
    for (const tick of range.ticks) {
      const y = Math.round(explorer.networkTiles.heightOf(range, tick, SUM.top, SUM.height)) + 0.5;
      context.beginPath();
      context.moveTo(SUM.left, y);
      context.lineTo(right, y);
      [context.strokeStyle, context.lineWidth] = [tick === 0 ? palette.muted : palette.line, 1];
      context.stroke();
      explorer.canvas.write(view, explorer.canvas.tickText(tick), SUM.left - 6, y, { align: "right", size: 11 });
    }
  }

  // Each neuron of the last hidden layer times its weight, thin; the bias dashed; their sum bold.
  function drawSum(view, { store, marked }) {
    const { scene, palette, styles } = view;
    if (!store.contributions) return;
    const { rows, total } = summed(store.contributions, scene.curve_samples);
    const range = rangeOf([...rows, total]);
    const width = SUM.width - SUM.left - SUM.right;
    grid(view, range);
    const first = explorer.networkData.linkIndex(scene.sizes, { layer: last(scene), from: 0, to: 0 });
    const bias = rows.length - 1;
    const colourOf = (i) => (i === bias ? palette.muted : styles[store.weights?.[first + i] < 0 ? 0 : styles.length - 1]);
    const lookOf = (i) => ({ colour: colourOf(i), dash: i === bias ? [4, 3] : [] });
    rows.forEach((row, i) => line(view, row, range, { ...lookOf(i), width: 1.25, alpha: marked === null ? 0.85 : 0.35 }));
    line(view, total, range, { colour: palette.ink, width: 3 });
    if (rows[marked]) line(view, rows[marked], range, { ...lookOf(marked), width: 3 });
    explorer.networkEnlarged.drawFrame(view, SUM.left, SUM.top, width, SUM.height);
    explorer.networkEnlarged.drawBottom(view, scene.domains[0], scene.raw_names[0], SUM.left, SUM.top + SUM.height + 11, width);
    const words = "thin: what each neuron adds; dashed: bias; bold: sum";
    explorer.canvas.write(view, words, SUM.left + width / 2, SUM.top + SUM.height + 28, { size: 10 });
  }

  function drawEnd(view, { layer, index }, gallery, x) {
    const { context, scene, palette } = view;
    const { side, top } = ENDS;
    const picture = explorer.networkTiles.samples(scene, gallery, layer, index);
    if (picture) explorer.networkEnlarged.drawPicture(view, picture, x, top, side);
    else {
      context.fillStyle = view.empty;
      context.fillRect(x, top, side, side);
    }
    explorer.networkEnlarged.drawFrame(view, x, top, side, side);
    const name = layer > 0 && layer < last(scene) ? `neuron ${index + 1}` : explorer.networkData.title(scene, layer, index);
    const text = explorer.canvas.shorten(name, side + 30, view.measure);
    explorer.canvas.write(view, text, x + side / 2, top + side + 12, { colour: palette.ink });
  }

  // Source, target and the link between them.
  function drawEnds(view, { store, cut }, { layer, from, to, index }) {
    const { context, palette, styles } = view;
    const { side, between, top } = ENDS;
    const weight = store.weights?.[index] ?? 0;
    const strength = explorer.networkLinks.strength(weight);
    const gone = explorer.networkLinks.isCut(cut, index);
    context.beginPath();
    context.moveTo(14 + side, top + side / 2);
    context.lineTo(14 + side + between, top + side / 2);
    context.strokeStyle = gone ? palette.muted : styles[explorer.canvas.byteOf(Math.sign(weight) * (0.4 + 0.6 * strength))];
    context.lineWidth = gone ? 1 : explorer.networkLinks.thickness(weight, 1);
    context.setLineDash(gone ? [3, 4] : []);
    context.stroke();
    context.setLineDash([]);
    drawEnd(view, { layer: layer - 1, index: from }, store, 14);
    drawEnd(view, { layer, index: to }, store, 14 + side + between);
  }

  // ---- one target --------------------------------------------------------------------------------------------------------

  // How large the picture is, null where there is none.
  function sizeOf(scene, target) {
    if (target.kind === "link") return [28 + 2 * ENDS.side + ENDS.between, ENDS.top + ENDS.side + TEXT + 4];
    if (isSum(scene, target)) return [SUM.width, SUM.top + SUM.height + 2 * TEXT];
    const kind = explorer.networkColumns.kindOf(scene, target.layer);
    if (kind === "plain" || kind === "pixels") return null;
    const { left, below, least } = explorer.networkEnlarged.margins(scene, target.layer);
    return [Math.max(left + SIDE + 8, least), 4 + SIDE + below + 4];
  }

  function drawNeuron(view, { store }, { layer, index }) {
    const picture = explorer.networkTiles.samples(view.scene, store, layer, index);
    const { left } = explorer.networkEnlarged.margins(view.scene, layer);
    if (picture) explorer.networkEnlarged.drawEnlarged(view, layer, picture, Math.max(1, left), 4, SIDE);
  }

  function painterOf(scene, target) {
    if (target.kind === "link") return [drawEnds, "The neurons that it joins"];
    if (isSum(scene, target)) return [drawSum, "What each neuron of the last hidden layer adds to the output, and their sum"];
    return [drawNeuron, "What it does"];
  }

  // -> {draw({look, store, cut, marked, font})}, null where the target has no picture
  function create(canvas, scene, target) {
    const size = sizeOf(scene, target);
    if (!size) return null;
    const [width, height] = size;
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    canvas.setAttribute("role", "img");
    const [painter, label] = painterOf(scene, target);
    canvas.setAttribute("aria-label", label);
    return {
      draw({ look, font, ...known }) {
        const { context } = explorer.canvas.fit(canvas, width, height);
        context.clearRect(0, 0, width, height);
        context.font = `12px ${font}`;
        painter({ ...look, context, font, scene, measure: (text) => context.measureText(text).width }, known, target);
      },
    };
  }

  explorer.networkCardPicture = { create, pure: { isSum, summed, rangeOf } };
})();
