// Prices as bars on a logarithmic axis, drawn anew in place of what the page came with.
const Ranges = (() => {
  const STEP = 40, AXIS = 24, MOST = 24, TICKS = 6;
  const STEPS = Array.from({ length: 25 }, (_, at) => [1, 2, 5].map((by) => Number(`${by}e${at - 12}`))).flat();

  const part = (name, attributes, text = "") => {
    const it = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) it.setAttribute(key, value);
    it.textContent = text;
    return it;
  };

  const axis = (least, most) => {
    const from = Math.min(Math.max(STEPS.findLastIndex((it) => it <= least), 0), STEPS.length - 2);
    const above = STEPS.findIndex((it) => it >= most);
    const to = Math.min(Math.max(above < 0 ? STEPS.length - 1 : above, from + 1), STEPS.length - 1);
    const all = STEPS.slice(from, to + 1);
    const place = (value) => (value <= 0 ? 0 : Math.min(Math.max(Math.log(value / all[0]) / Math.log(all.at(-1) / all[0]), 0), 1));
    const kept = (it) => it === all[0] || it === all.at(-1) ||
      (Number.isInteger(Math.round(Math.log10(it) * 1e9) / 1e9) && place(it) > 0.1 && place(it) < 0.9);
    return { place, ticks: all.length > TICKS ? all.filter(kept) : all };
  };

  // Each bar has a label, a value as text, its ends as numbers, and how it looks.
  const draw = (svg, title, bars, money) => {
    const shown = bars.slice(0, MOST);
    const paid = shown.flatMap((it) => it.ends).filter((it) => it > 0);
    svg.closest("figure").hidden = paid.length === 0;
    if (paid.length === 0) return;
    const { place, ticks } = axis(Math.min(...paid), Math.max(...paid));
    const percent = (share) => `${(share * 100).toFixed(1)}%`;
    const foot = shown.length * STEP;
    const drawn = ticks.flatMap((it, at) => {
      const [x, anchor] = [percent(place(it)), at === 0 ? "start" : at === ticks.length - 1 ? "end" : "middle"];
      return [part("line", { class: "axis", x1: x, y1: 0, x2: x, y2: foot }),
        part("text", { x, y: foot + 16, "text-anchor": anchor }, money(String(it)))];
    });
    shown.forEach((it, at) => {
      const [top, from, to] = [at * STEP, place(it.ends[0]), place(it.ends[1])];
      drawn.push(part("text", { class: "name", x: 0, y: top + 15 }, it.label),
        part("text", { class: "name", x: "100%", y: top + 15, "text-anchor": "end" }, it.value),
        part("rect", { class: `bar ${it.look}`, x: percent(from), y: top + 22, width: percent(to - from), height: 10, rx: 3 }),
        part("circle", { class: `bar ${it.look}`, cx: percent(from), cy: top + 27, r: 5 }));
    });
    const name = part("title", { id: `${svg.id}-title` }, `${title}: ${shown.map((it) => `${it.label} ${it.value}`).join(", ")}`);
    svg.setAttribute("height", foot + AXIS);
    svg.replaceChildren(name, ...drawn);
  };

  return { draw };
})();
