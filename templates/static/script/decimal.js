// Exact decimals: a BigInt and how many of its digits stand after the point. No float touches a price.
class Decimal {
  constructor(units, scale) { this.units = units; this.scale = scale; }

  static parse(text) {
    const [whole, part = ""] = text.split(".");
    return new Decimal(BigInt(whole + part), part.length);
  }

  // A whole quotient, rounded half to even, as the program does.
  static whole(top, bottom) {
    const whole = top / bottom;
    const twice = 2n * (top % bottom);
    return twice > bottom || (twice === bottom && whole % 2n === 1n) ? whole + 1n : whole;
  }

  plus(other) {
    const scale = Math.max(this.scale, other.scale);
    const at = (it) => it.units * 10n ** BigInt(scale - it.scale);
    return new Decimal(at(this) + at(other), scale);
  }

  times(count) { return new Decimal(this.units * count, this.scale); }

  timesDecimal(other) { return new Decimal(this.units * other.units, this.scale + other.scale); }

  // Rounded once, half to even, at 12 decimals.
  dividedBy(count) {
    const scale = 12;
    let top = this.units, bottom = count;
    if (scale >= this.scale) top *= 10n ** BigInt(scale - this.scale);
    else bottom *= 10n ** BigInt(this.scale - scale);
    return new Decimal(Decimal.whole(top, bottom), scale);
  }

  compare(other) {
    const scale = Math.max(this.scale, other.scale);
    const at = (it) => it.units * 10n ** BigInt(scale - it.scale);
    const [a, b] = [at(this), at(other)];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  // The next whole number.
  ceil() {
    const one = 10n ** BigInt(this.scale);
    return (this.units + one - 1n) / one;
  }

  without(digits) {
    const cut = 10n ** BigInt(Math.max(digits, 0));
    return new Decimal(Decimal.whole(this.units, cut) * cut, this.scale);
  }

  // As people read money: three digits below one, then cents, then whole units, six digits at most.
  short() {
    const below = (power) => this.units < 10n ** BigInt(this.scale + power);
    const digits = this.units.toString().length;
    const cut = below(0) ? digits - 3 : below(4) ? this.scale - 2 : below(6) ? this.scale : digits - 6;
    const it = this.without(cut);
    const [whole, part = ""] = it.toString().split(".");
    const apart = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    if (!part) return apart;
    return `${apart}.${part.length === 1 ? `${part}0` : part}`;
  }

  // The shortest form: no zeros at the end.
  toString() {
    let text = this.units.toString().padStart(this.scale + 1, "0");
    if (this.scale === 0) return text;
    text = `${text.slice(0, -this.scale)}.${text.slice(-this.scale)}`;
    return text.replace(/\.?0+$/, "");
  }
}
