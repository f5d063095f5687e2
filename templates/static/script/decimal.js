// Exact decimals: a BigInt and how many of its digits stand after the point. No float touches a price.
class Decimal {
  constructor(units, scale) { this.units = units; this.scale = scale; }

  static parse(text) {
    const [whole, part = ""] = text.split(".");
    return new Decimal(BigInt(whole + part), part.length);
  }

  plus(other) {
    const scale = Math.max(this.scale, other.scale);
    const at = (it) => it.units * 10n ** BigInt(scale - it.scale);
    return new Decimal(at(this) + at(other), scale);
  }

  times(count) { return new Decimal(this.units * count, this.scale); }

  // Rounded once, half to even, at 12 decimals: as the program does.
  dividedBy(count) {
    const scale = 12;
    let top = this.units, bottom = count;
    if (scale >= this.scale) top *= 10n ** BigInt(scale - this.scale);
    else bottom *= 10n ** BigInt(this.scale - scale);
    let whole = top / bottom;
    const twice = 2n * (top % bottom);
    if (twice > bottom || (twice === bottom && whole % 2n === 1n)) whole += 1n;
    return new Decimal(whole, scale);
  }

  compare(other) {
    const scale = Math.max(this.scale, other.scale);
    const at = (it) => it.units * 10n ** BigInt(scale - it.scale);
    const [a, b] = [at(this), at(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  // The shortest form: no zeros at the end.
  toString() {
    let text = this.units.toString().padStart(this.scale + 1, "0");
    if (this.scale === 0) return text;
    text = `${text.slice(0, -this.scale)}.${text.slice(-this.scale)}`;
    return text.replace(/\.?0+$/, "");
  }
}
