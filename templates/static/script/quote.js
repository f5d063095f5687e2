// What a job costs on one listing, from the calculator's data, and which of two comes first: the
// sure ones, then those that may miss the deadline, then those without a total, as the program does.
const Calculator = (() => {
  const ceil = (top, bottom) => (top + bottom - 1n) / bottom;

  const ends = (totals) => {
    const sorted = totals.sort((a, b) => a.compare(b));
    return [sorted[0], sorted.at(-1)];
  };

  // What images come to by the steps of a ladder, a share for each; nothing beyond its last.
  const comesTo = (steps, images) => {
    let [before, sum] = [0n, Decimal.parse("0")];
    for (const step of steps) {
      const last = step.up_to === null || BigInt(step.up_to) > images ? images : BigInt(step.up_to);
      if (last <= before) continue;
      const share = Decimal.parse(step.amount).times(last - before);
      sum = sum.plus(step.divisor === "1" ? share : share.dividedBy(BigInt(step.divisor)));
      before = last;
    }
    return before < images ? null : sum;
  };

  // From the lowest to the highest of one reading's ladders, or why it says nothing of so many.
  const spread = (ladders, drawn) => {
    const totals = [];
    for (const steps of ladders) {
      const call = BigInt(steps.at(-1).images_per_call);
      const total = comesTo(steps, ceil(drawn, call) * call);
      if (total === null) return { beyond: steps.at(-1).beyond };
      totals.push(total);
    }
    return totals.length === 0 ? {} : { total: ends(totals) };
  };

  const time = (offer, drawn, seconds) => {
    if (offer.seconds_low !== null) return [drawn * BigInt(offer.seconds_low), drawn * BigInt(offer.seconds_high)];
    if (!seconds) return null;
    const took = seconds.times(drawn).ceil();
    return [took, took];
  };

  const quote = (book, row, job) => {
    const currency = book.currencies.findIndex((it) => it.code === job.currency);
    const quality = job.quality === "" ? 0 : book.qualities.indexOf(job.quality);
    const at = (currency * book.qualities.length + quality) * book.sizes.length + book.sizes.indexOf(job.size);
    const stated = row.offers[row.table[at]];
    const metered = stated.by_second && job.seconds ? row.by_second?.[currency]?.[job.hardware] : null;
    const offer = metered ?? stated;
    const [part, whole] = job.reject;
    const drawn = ceil(job.images * whole, whole - part);
    const quote = { row, state: offer.state, reason: offer.reason, warnings: offer.warnings, mayMiss: false,
      disputed: offer.disputed, converted: offer.converted, retired: offer.retired, bySecond: offer.by_second };
    if (offer.high === null) return quote;
    quote.seconds = time(metered ? stated : offer, drawn, job.seconds);
    if (quote.seconds) {
      if (job.deadline && quote.seconds[0] * 1000n > job.deadline) {
        return { ...quote, state: "refused", tooSlow: true };
      }
      quote.mayMiss = job.deadline > 0n && quote.seconds[1] * 1000n > job.deadline;
    } else if (job.deadline) {
      return { ...quote, state: "unknown", timeUnknown: true };
    }
    if (offer.ladders) {
      const readings = offer.readings.map((reading) => spread(reading.map((at) => offer.ladders[at]), drawn));
      const priced = readings.filter((reading) => reading.total);
      if (priced.length === 0) {
        return { ...quote, state: "unknown", isBeyond: true, reason: readings.find((reading) => reading.beyond).beyond };
      }
      quote.total = ends(priced.flatMap((reading) => reading.total));
      const differ = readings.some((reading) => String(reading.total) !== String(readings[0].total));
      if (differ !== (offer.state === "disputed")) quote.state = differ ? "disputed" : "priced";
      quote.disputed = differ ? (offer.disputed ?? "price") : null;
    } else {
      quote.total = ["low", "high"].map((end) => {
        const share = offer.shares?.[end] ?? { amount: offer[end], divisor: "1" };
        const product = Decimal.parse(share.amount).times(drawn).timesDecimal(metered ? job.seconds : Decimal.parse("1"));
        return share.divisor === "1" ? product : product.dividedBy(BigInt(share.divisor));
      });
    }
    quote.each = quote.total.map((total) => total.dividedBy(job.images));
    return quote;
  };

  const order = (a, b) => {
    if (!a.total || !b.total) return (a.total ? 0 : 1) - (b.total ? 0 : 1) || byId(a, b);
    if (a.mayMiss !== b.mayMiss) return (a.mayMiss ? 1 : 0) - (b.mayMiss ? 1 : 0);
    return a.total[1].compare(b.total[1]) || a.total[0].compare(b.total[0]) || byId(a, b);
  };
  const byId = (a, b) => (a.row.listing < b.row.listing ? -1 : 1);

  return { quote, order };
})();
