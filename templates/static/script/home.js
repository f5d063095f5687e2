// The table of all listings: sorted, filtered, and ranked anew for another job.
{
  const table = document.getElementById("ranking");
  const form = document.getElementById("calculator");
  const filters = document.getElementById("filters");
  const MOST_IMAGES = 1000000000000n;
  const UNITS = { ms: 1n, s: 1000n, m: 60000n, h: 3600000n, d: 86400000n };

  const images = (text) => {
    if (!/^\d+$/.test(text)) return null;
    const count = BigInt(text);
    return count >= 1n && count <= MOST_IMAGES ? count : null;
  };

  // A share below 100% as [part, whole], or nothing.
  const share = (text) => {
    if (!/^\d+(\.\d{1,12})?%$/.test(text)) return null;
    const { units, scale } = Decimal.parse(text.slice(0, -1));
    const whole = 100n * 10n ** BigInt(scale);
    return units < whole ? [units, whole] : null;
  };

  // Milliseconds; 0 where there is no deadline, nothing where it can't be read.
  const deadline = (text) => {
    if (text === "") return 0n;
    const [, count, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
    return count && BigInt(count) > 0n ? BigInt(count) * UNITS[unit] : null;
  };

  const asked = () => {
    const value = (name) => form.elements[name].value.trim();
    const job = {
      images: images(value("images")), size: value("size"), quality: value("quality"),
      currency: value("currency"), reject: share(value("reject") || "0%"), deadline: deadline(value("deadline")),
      rejectText: value("reject") || "0%", deadlineText: value("deadline"),
    };
    if (job.images === null) return `“${value("images")}” is not a number of images from 1 to ${MOST_IMAGES}.`;
    if (job.reject === null) return `“${value("reject")}” is not a share below 100% such as 10%.`;
    if (job.deadline === null) return `“${value("deadline")}” is not a duration such as 30s, 10m or 2h.`;
    return job;
  };

  const span = ([low, high]) => {
    const [a, b] = [low.toString(), high.toString()];
    return a === b ? a : `${a} to ${b}`;
  };

  // Whole units, largest two: 5 h 33 min.
  const took = (seconds) => {
    const parts = [];
    let left = seconds;
    for (const [unit, size] of [["d", 86400n], ["h", 3600n], ["min", 60n], ["s", 1n]]) {
      if (left >= size) parts.push(`${left / size} ${unit}`);
      left %= size;
    }
    return parts.slice(0, 2).join(" ") || "0 s";
  };

  const part = (name, text) => {
    const it = document.createElement("span");
    it.className = name;
    it.textContent = text;
    return it;
  };

  const badge = (word) => part(`badge ${word}`, word);

  // The digits beyond the fourth that counts are kept, and set back.
  const figure = (text) => {
    const [, head, tail] = /^(\d+\.0*\d{4})(\d{4,})$/.exec(text) ?? [];
    return tail ? [head, part("tail", tail)] : [text];
  };

  // Letters that lead to the notes below the table.
  const noteMarks = (notes) => {
    const marks = document.createElement("sup");
    for (const mark of notes) {
      const link = document.createElement("a");
      link.href = `#note-${mark}`;
      link.textContent = mark;
      marks.append(...(marks.childNodes.length ? [" ", link] : [link]));
    }
    return marks;
  };

  // a, b, …, z, aa, ab, …
  const letter = (at) => (at < 26 ? "" : letter(Math.floor(at / 26) - 1)) + String.fromCharCode(97 + (at % 26));

  // Each note once, in the order of the ranks; each quote learns the letters of its own.
  const showNotes = (quotes) => {
    const texts = [];
    for (const quote of quotes.filter((it) => it.total)) {
      quote.notes = quote.warnings.map(({ text }) => {
        if (!texts.includes(text)) texts.push(text);
        return letter(texts.indexOf(text));
      });
    }
    const list = document.getElementById("notes");
    list.replaceChildren(...texts.map((text, at) => {
      const item = document.createElement("li");
      item.id = `note-${letter(at)}`;
      item.append(part("mark", letter(at)), ` ${text}`);
      return item;
    }));
  };

  const showRates = (book, job) => {
    const { rates } = book.currencies.find((it) => it.code === job.currency);
    const words = rates.map((it) => {
      const days = it.date && Math.round((Date.parse(book.as_of) - Date.parse(it.date)) / 86400000);
      return `${it.stated}${it.date ? ` of ${it.date}, ${days} ${days === 1 ? "day" : "days"} old` : ""}`;
    });
    document.getElementById("rates").textContent = words.length ? `Figures after ≈ are converted at ${words.join("; ")}.` : "";
  };

  const fill = (line, quote, rank) => {
    const cell = (name) => line.querySelector(`[data-cell="${name}"]`);
    const put = (name, by, ...content) => {
      const it = cell(name);
      it.dataset.by = by;
      it.replaceChildren(...content);
      return it;
    };
    line.dataset.state = quote.state;
    line.dataset.low = quote.total ? quote.total[0].toString() : "";
    line.dataset.high = quote.total ? quote.total[1].toString() : "";
    put("rank", rank, rank);
    const marks = quote.disputed ? [" ", part("badge disputed", `${quote.disputed} disputed`)] : [];
    if (quote.mayMiss) marks.push(" ", part("badge warn", "may miss"));
    if (quote.notes?.length) marks.push(" ", noteMarks(quote.notes));
    const why = quote.state === "refused" || quote.isBeyond ? [" ", part("small soft why", quote.reason)] : [];
    const none = quote.timeUnknown ? part("badge", "time unknown") : badge(quote.state);
    put("total", line.dataset.high, ...(quote.total ? [quote.converted ? "≈ " : "", ...figure(span(quote.total)), ...marks] : [none, ...why]));
    put("each", quote.each ? quote.each[1].toString() : "", quote.each ? span(quote.each) : "");
    put("takes", quote.seconds ? quote.seconds[1].toString() : "", quote.seconds ? span(quote.seconds.map(took)) : "");
  };

  const show = (book, job) => {
    const any = filters.elements.models.value === "any";
    const lines = new Map([...table.tBodies[0].rows].map((line) => [line.dataset.listing, line]));
    const quotes = book.rows.map((row) => Calculator.quote(book, row, job));
    const family = (it) => lines.get(it.row.listing)?.dataset.family === "true";
    const taking = quotes.filter((it) => any || family(it)).sort(Calculator.order);
    const others = quotes.filter((it) => !(any || family(it))).sort(Calculator.order);
    showNotes([...taking, ...others]);
    showRates(book, job);
    let rank = 0;
    for (const it of [...taking, ...others]) {
      const line = lines.get(it.row.listing);
      if (!line) continue;
      const ranked = it.total && (any || family(it));
      if (ranked) rank += 1;
      fill(line, it, ranked ? String(rank) : "");
      table.tBodies[0].append(line);
    }
    for (const it of table.querySelectorAll("[data-only]")) it.hidden = it.dataset.only === "each" && job.images === 1n;
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    const quality = job.quality === "" ? "in each listing's own quality" : `in quality ${job.quality}`;
    document.getElementById("asked").textContent =
      `What ${job.images} ${job.images === 1n ? "image" : "images"} of ${job.size} ${job.images === 1n ? "costs" : "cost"} ${quality}, in ${job.currency}` +
      `${job.reject[0] ? `, with ${job.rejectText} thrown away` : ""}${job.deadline ? `, within ${job.deadlineText}` : ""}` +
      ", cheapest first. Ranked by the highest that the sources allow.";
    filter();
  };

  const command = (job) => {
    const flags = [`--images ${job.images}`, `--size ${job.size}`];
    if (job.quality) flags.push(`--quality ${job.quality}`);
    if (job.currency !== "USD") flags.push(`--currency ${job.currency}`);
    if (job.reject[0]) flags.push(`--reject-rate ${job.rejectText}`);
    if (job.deadline) flags.push(`--deadline ${job.deadlineText}`);
    if (filters.elements.models.value === "any") flags.push("--model any");
    return `cogdex compare ${flags.join(" ")}`;
  };

  // The address holds what differs from the job that the page was made for.
  const KEPT = ["images", "size", "quality", "currency", "reject", "deadline"];
  const keep = () => {
    const query = new URLSearchParams();
    for (const name of KEPT) {
      const field = form.elements[name];
      const initial = field.tagName === "SELECT" ? [...field.options].find((it) => it.defaultSelected)?.value : field.defaultValue;
      if (field.value.trim() !== (initial ?? "")) query.set(name, field.value.trim());
    }
    if (filters.elements.models.value === "any") query.set("models", "any");
    if (filters.elements.search.value) query.set("search", filters.elements.search.value);
    if (filters.elements.priced.checked) query.set("priced", "yes");
    const text = query.toString();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  };
  const recall = () => {
    const query = new URLSearchParams(location.search);
    for (const name of KEPT) {
      const field = form.elements[name];
      const text = query.get(name);
      if (text === null) continue;
      if (field.tagName !== "SELECT" || [...field.options].some((it) => it.value === text)) field.value = text;
    }
    if (query.get("models") === "any") filters.elements.models.value = "any";
    filters.elements.search.value = query.get("search") ?? "";
    filters.elements.priced.checked = query.get("priced") === "yes";
  };

  const filter = () => {
    const words = filters.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const any = filters.elements.models.value === "any";
    let shown = 0;
    for (const line of table.tBodies[0].rows) {
      const text = line.textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word)) &&
        (any || line.dataset.family === "true") &&
        (!filters.elements.priced.checked || line.querySelector('[data-cell="total"]').dataset.by !== "");
      line.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    document.getElementById("shown").textContent = `${shown} of ${table.tBodies[0].rows.length} listings`;
  };

  const sort = (head) => {
    const column = head.cellIndex;
    const down = head.getAttribute("aria-sort") === "ascending";
    const key = (line) => line.cells[column].dataset.by ?? line.cells[column].textContent;
    const number = head.dataset.sort === "number";
    const compare = (a, b) => {
      const [x, y] = [key(a), key(b)];
      // What is unknown stands last, whichever way.
      if (x === "" || y === "") return (x === "" ? 1 : 0) - (y === "" ? 1 : 0);
      const by = number ? Decimal.parse(x).compare(Decimal.parse(y)) : x.localeCompare(y, "en", { numeric: true });
      return (down ? -by : by) || (a.dataset.listing < b.dataset.listing ? -1 : 1);
    };
    const lines = [...table.tBodies[0].rows].sort(compare);
    for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...lines);
  };

  const start = async () => {
    for (const head of table.querySelectorAll("th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(head));
      head.replaceChildren(button);
    }
    filters.hidden = false;
    const answer = await fetch(form.dataset.book);
    if (!answer.ok) throw new Error(`the price book answered ${answer.status}`);
    const book = await answer.json();
    form.hidden = false;
    for (const option of [...form.elements.currency.options]) {
      if (!book.currencies.some((it) => it.code === option.value)) option.remove();
    }
    recall();
    const update = () => {
      const job = asked();
      const fault = typeof job === "string" ? job : "";
      document.getElementById("fault").textContent = fault;
      if (fault) return;
      keep();
      document.getElementById("command").textContent = command(job);
      show(book, job);
    };
    form.addEventListener("input", update);
    form.addEventListener("submit", (event) => { event.preventDefault(); update(); });
    filters.addEventListener("input", (event) => {
      if (event.target.name === "models") update();
      else { keep(); filter(); }
    });
    update();
    document.documentElement.dataset.ready = "yes";
  };
  if (table) start();
}
