// The table of all listings: sorted, filtered, and ranked anew for another job.
{
  const table = document.getElementById("ranking");
  const form = document.getElementById("calculator");
  const filters = document.getElementById("filters");
  const SIGNS = { USD: "$", CNY: "¥", EUR: "€", GBP: "£" };

  // A field that was emptied means what it began with.
  const written = (name) => form.elements[name].value.trim() || (form.elements[name].defaultValue ?? "");

  const asked = () => {
    const job = {
      images: Read.images(written("images")), size: written("size"), quality: form.elements.quality.value,
      currency: written("currency"), reject: Read.share(written("reject")), deadline: Read.deadline(written("deadline")),
      seconds: Read.seconds(written("seconds")), hardware: form.elements.hardware.value,
    };
    if (job.images === null) return `“${written("images")}”: enter a whole number of images, such as 1000.`;
    if (job.reject === null) return `“${written("reject")}”: enter a percentage below 100, such as 10%.`;
    if (job.deadline === null) return `“${written("deadline")}”: enter a time such as 30s, 10m or 2h.`;
    if (Number.isNaN(job.seconds)) return `“${written("seconds")}”: enter seconds, such as 15.`;
    return job;
  };

  const signed = (figure, currency) => (SIGNS[currency] ? `${SIGNS[currency]}${figure}` : `${figure} ${currency}`);
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

  // As people read it; the exact figures stand in the attributes of the row.
  const money = ([low, high], currency) => {
    const [a, b] = [low.short(), high.short()];
    return signed(a === b ? a : `${a}–${b}`, currency);
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
    const sources = rates.map((it) => {
      const link = document.createElement("a");
      link.href = it.href;
      link.textContent = it.title;
      return link;
    });
    const parts = words.flatMap((text, at) => [`${at ? "; " : ""}${text} (`, sources[at], ")"]);
    document.getElementById("rates").replaceChildren(...(parts.length ? ["Figures after ≈ are converted at ", ...parts, "."] : []));
  };

  // What stands in the place of a total that there is not.
  const none = (quote) => {
    if (quote.retired) return [part("badge", "no longer sold")];
    if (quote.timeUnknown) return [part("badge", "time unknown")];
    if (quote.tooSlow) return [part("small soft why", `Too slow: needs at least ${took(quote.seconds[0])}.`)];
    return [part("small soft why", quote.bySecond ? "Billed by the second. Enter seconds per image and hardware to get a price." : quote.reason ?? quote.state)];
  };

  const fill = (line, quote, rank, job) => {
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
    const marks = [];
    if (quote.disputed) {
      const badge = document.createElement("a");
      badge.className = "badge disputed";
      badge.href = `${line.querySelector("th a").getAttribute("href")}#price`;
      badge.textContent = `${quote.disputed} disputed`;
      marks.push(" ", badge);
    }
    if (quote.mayMiss) marks.push(" ", part("badge warn", "may miss"));
    if (quote.notes?.length) marks.push(" ", noteMarks(quote.notes));
    put("total", line.dataset.high, ...(quote.total ? [`${quote.converted ? "≈ " : ""}${money(quote.total, job.currency)}`, ...marks] : none(quote)));
    const each = put("each", quote.each ? quote.each[1].toString() : "", quote.each ? money(quote.each, job.currency) : "");
    each.parentElement.dataset.by = each.dataset.by;
    each.dataset.exact = quote.each ? span(quote.each) : "";
    const takes = put("takes", quote.seconds ? quote.seconds[1].toString() : "", quote.seconds ? span(quote.seconds.map(took)) : "");
    takes.dataset.exact = quote.seconds ? span(quote.seconds) : "";
    // The seller's own money is that of the job which the page was made for.
    const own = line.querySelector(".own");
    if (own) own.hidden = !quote.converted || !form.elements.size.selectedOptions[0].defaultSelected || job.quality !== "";
  };

  const draw = (quotes, lines, job) => {
    const svg = document.getElementById("price-chart");
    if (!svg) return;
    const bars = quotes.filter((it) => it.total).map((it) => ({
      label: it.row.listing, value: `${it.converted ? "≈ " : ""}${money(it.total, job.currency)}`,
      ends: it.total.map(Number),
      look: it.disputed === "price" ? "disputed" : lines.get(it.row.listing)?.querySelector(".badge.stale") ? "old" : "sure",
    }));
    const tick = (figure) => signed(Decimal.parse(Number(figure).toFixed(12)).short(), job.currency);
    Ranges.draw(svg, `What ${grouped(job.images)} images cost`, bars, tick);
    const unpriced = document.getElementById("unpriced");
    if (unpriced) {
      const links = quotes.filter((it) => !it.total && lines.has(it.row.listing)).flatMap((it) => {
        const link = document.createElement("a");
        link.href = lines.get(it.row.listing).querySelector("th a").getAttribute("href");
        link.textContent = it.row.listing;
        return [", ", link];
      });
      unpriced.replaceChildren(...(links.length ? ["Not drawn, for want of a price: ", ...links.slice(1), "."] : []));
    }
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
      fill(line, it, ranked ? String(rank) : "", job);
      table.tBodies[0].append(line);
    }
    draw(taking, lines, job);
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    const count = `${grouped(job.images)} ${job.images === 1n ? "image" : "images"}`;
    const quality = job.quality === "" ? "default quality" : `quality ${job.quality}`;
    const rejected = job.reject[0] ? `, ${percent(job)} rejected` : "";
    const within = job.deadline ? `, within ${Read.duration(job.deadline)}` : "";
    document.getElementById("asked").textContent =
      `Price of ${count} of ${job.size} at ${quality}, in ${job.currency}${rejected}${within}. Sorted by the highest price each seller's sources give.`;
    document.getElementById("job-line").textContent =
      [count, job.size.replace("x", "×"), quality, job.currency].join(" · ") + rejected + within;
    filter();
  };

  const percent = ({ reject: [part, whole] }) => `${new Decimal(part, String(whole).length - 3)}%`;

  const command = (job) => {
    const flags = [`--images ${job.images}`, `--size ${job.size}`];
    if (job.quality) flags.push(`--quality ${job.quality}`);
    if (job.currency !== "USD") flags.push(`--currency ${job.currency}`);
    if (job.reject[0]) flags.push(`--reject-rate ${percent(job)}`);
    if (job.deadline) flags.push(`--deadline ${Read.duration(job.deadline)}`);
    if (job.seconds) flags.push(`--seconds-per-image ${job.seconds}`);
    if (job.seconds && job.hardware) flags.push(`--hardware ${/^[\w.-]+$/.test(job.hardware) ? job.hardware : JSON.stringify(job.hardware)}`);
    if (filters.elements.models.value === "any") flags.push("--model any");
    return `cogdex compare ${flags.join(" ")}`;
  };

  // The address holds what differs from the job that the page was made for.
  const KEPT = ["images", "size", "quality", "currency", "reject", "deadline", "seconds", "hardware"];
  const keep = () => {
    const query = new URLSearchParams();
    for (const name of KEPT) {
      const field = form.elements[name];
      const initial = field.tagName === "SELECT" ? [...field.options].find((it) => it.defaultSelected)?.value : field.defaultValue;
      if (field.value.trim() && field.value.trim() !== (initial ?? "")) query.set(name, field.value.trim());
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

  // What is sought stands in the names of a row, those that it does not show among them.
  const filter = () => {
    const words = filters.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const any = filters.elements.models.value === "any";
    const priced = filters.elements.priced.checked;
    const [lines, shown, hidden] = [[...table.tBodies[0].rows], [], []];
    for (const line of lines) {
      const text = `${line.querySelector("th").textContent} ${line.dataset.names}`.toLowerCase();
      const fits = words.every((word) => text.includes(word)) && (!priced || line.dataset.high !== "");
      const taken = fits && (any || line.dataset.family === "true");
      line.hidden = !taken;
      if (taken) shown.push(line);
      else if (fits) hidden.push(line);
    }
    document.getElementById("shown").textContent = `${shown.length} of ${lines.length} listings`;
    const nothing = document.getElementById("nothing");
    nothing.hidden = shown.length > 0;
    const text = `No ${any ? "offer" : `${filters.elements.models.options[0].text} offer`} matches.`;
    const more = document.createElement("button");
    more.type = "button";
    more.textContent = `Show ${hidden.length} among all models`;
    more.addEventListener("click", () => {
      filters.elements.models.value = "any";
      filters.dispatchEvent(new Event("change"));
    });
    nothing.replaceChildren(`${text} `, ...(hidden.length ? [more] : []));
  };

  // Two ticks lead to the page that compares the two, where there is one.
  const pairing = (pairs) => {
    const link = document.getElementById("pair");
    const ticked = () => [...table.querySelectorAll("input[name=pair]:checked")];
    const update = () => {
      const two = ticked().map((it) => it.value).sort();
      const known = two.length === 2 && pairs.includes(two.join(" "));
      link.hidden = two.length !== 2;
      link.textContent = known ? `Compare ${two.join(" and ")}` : "These two have no page of their own; see all comparisons";
      link.href = known ? `/compare/${two[0]}/vs/${two[1]}/` : "/compare/";
    };
    for (const line of table.tBodies[0].rows) {
      if (!pairs.some((pair) => pair.split(" ").includes(line.dataset.listing))) continue;
      const tick = document.createElement("input");
      tick.type = "checkbox";
      tick.name = "pair";
      tick.value = line.dataset.listing;
      tick.setAttribute("aria-label", `Compare ${line.dataset.listing} with another`);
      tick.addEventListener("change", () => {
        // The third takes the place of the first.
        const others = ticked().filter((it) => it !== tick);
        if (tick.checked && others.length === 2) others[0].checked = false;
        update();
      });
      line.querySelector("th").prepend(tick);
    }
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
    const answer = await fetch(form.dataset.book);
    if (!answer.ok) throw new Error(`the price book answered ${answer.status}`);
    const book = await answer.json();
    filters.hidden = false;
    form.hidden = false;
    pairing(book.pairs);
    for (const option of [...form.elements.currency.options]) {
      if (!book.currencies.some((it) => it.code === option.value)) option.remove();
    }
    recall();
    const update = () => {
      const job = asked();
      const fault = typeof job === "string" ? job : "";
      document.getElementById("fault").textContent = fault;
      table.classList.toggle("dimmed", fault !== "");
      if (fault) return;
      keep();
      document.getElementById("command").textContent = command(job);
      show(book, job);
    };
    form.addEventListener("input", update);
    form.addEventListener("submit", (event) => { event.preventDefault(); update(); });
    filters.addEventListener("input", (event) => {
      if (event.target.name === "search" || event.target.name === "priced") { keep(); filter(); }
    });
    filters.addEventListener("change", (event) => {
      if (event.target.name !== "search" && event.target.name !== "priced" && event.target.name !== "pair") update();
    });
    update();
    document.documentElement.dataset.ready = "yes";
  };
  if (table) start();
}
