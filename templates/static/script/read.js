// What people write into the fields of the calculator, read into exact numbers.
const Read = (() => {
  const MOST_IMAGES = 1000000000000n;
  const TIMES = { k: 1000n, thousand: 1000n, "千": 1000n, "万": 10000n, m: 1000000n, million: 1000000n };
  const UNITS = [
    [/^(ms|millisecond|milliseconds)$/, 1n], [/^(s|sec|secs|second|seconds|秒)$/, 1000n],
    [/^(m|min|mins|minute|minutes|分|分钟)$/, 60000n], [/^(h|hr|hrs|hour|hours|小时)$/, 3600000n],
    [/^(d|day|days|天)$/, 86400000n],
  ];

  // Digits with their thousands apart, or not: 1,000, 1 000, 1'000, 1.000.
  const digits = (text) => {
    const apart = /^\d{1,3}(?:([,.'’\s])\d{3})(?:\1\d{3})*$/.test(text);
    return apart ? text.replace(/[,.'’\s]/g, "") : text;
  };

  // A whole number of images: 1000, 1,000, 1k, 2.5k, 1e3; nothing where it can't be read.
  const images = (written) => {
    const [, number, power, unit] = /^([\d,.'’\s]*\d)(?:e(\d{1,2}))?\s*(k|thousand|千|万|m|million)?$/.exec(written.toLowerCase()) ?? [];
    if (!number) return null;
    const plain = unit || power ? number.replace(",", ".") : digits(number);
    if (!/^\d{1,28}(\.\d{1,12})?$/.test(plain)) return null;
    const { units, scale } = Decimal.parse(plain);
    const [count, whole] = [units * (TIMES[unit] ?? 1n) * 10n ** BigInt(power ?? 0), 10n ** BigInt(scale)];
    if (count % whole) return null;
    return count / whole >= 1n && count / whole <= MOST_IMAGES ? count / whole : null;
  };

  // A share below 100%, as [part, whole]: 10, 10%, 2,5 %.
  const share = (written) => {
    const [, number] = /^(\d{1,3}(?:[.,]\d{1,12})?)\s*%?$/.exec(written) ?? [];
    if (!number) return null;
    const { units, scale } = Decimal.parse(number.replace(",", "."));
    const whole = 100n * 10n ** BigInt(scale);
    return units < whole ? [units, whole] : null;
  };

  // Milliseconds: 30s, 2 h, 1h30m, 90 minutes; 0 where nothing is written.
  const deadline = (written) => {
    if (written === "") return 0n;
    const parts = [...written.toLowerCase().matchAll(/(\d+)\s*([a-z]+|秒|分钟|分|小时|天)\s*/gy)];
    if (parts.map(([part]) => part).join("") !== written.toLowerCase()) return null;
    let sum = 0n;
    for (const [, count, unit] of parts) {
      const [, each] = UNITS.find(([form]) => form.test(unit)) ?? [];
      if (!each) return null;
      sum += BigInt(count) * each;
    }
    return sum > 0n ? sum : null;
  };

  // Seconds above zero: 15, 2.5; nothing where nothing is written, NaN where it can't be read.
  const seconds = (written) => {
    if (written === "") return null;
    const [, number] = /^(\d{1,9}(?:[.,]\d{1,6})?)\s*(?:s|sec|seconds)?$/i.exec(written) ?? [];
    const read = number && Decimal.parse(number.replace(",", "."));
    return read && read.units > 0n ? read : NaN;
  };

  // As the command takes it: 90m, 7d, 1500ms.
  const duration = (ms) => {
    for (const [unit, size] of [["d", 86400000n], ["h", 3600000n], ["m", 60000n], ["s", 1000n]]) {
      if (ms % size === 0n) return `${ms / size}${unit}`;
    }
    return `${ms}ms`;
  };

  return { images, share, deadline, seconds, duration };
})();
