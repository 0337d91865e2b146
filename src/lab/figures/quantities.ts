/** How a number is meant. */
export interface Quantity {
  readonly unit?: string;
  /** Whether it is a part of one, shown as per cent. */
  readonly isFraction?: boolean;
  /** Significant digits; default 4. */
  readonly digits?: number;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const prefixes = ["p", "n", "µ", "m", "", "k", "M", "G", "T", "P"];
/** Units that take prefixes here; others may have one already. */
const prefixable = new Set(["B", "bit", "s", "J", "W", "Hz", "V", "A", "F", "B/s", "bit/s", "FLOP", "FLOP/s", "op/s"]);

function grouped(digits: string): string {
  const [whole, fraction] = digits.split(".");
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** The decimals that show `digits` significant digits of `magnitude`. */
function decimalsFor(magnitude: number, digits: number): number {
  return magnitude === 0 ? 0 : Math.min(20, Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude))));
}

/** A number with exactly so many decimals, thousands in groups and a real minus sign. */
export function formatFixed(value: number, decimals: number): string {
  const text = grouped(Math.abs(value).toFixed(decimals));
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

function formatScientific(value: number, digits: number): string {
  const [mantissa, exponent] = Math.abs(value)
    .toExponential(digits - 1)
    .split("e");
  const raised = exponent.replace(/\d/g, (digit) => superscripts[Number(digit)]).replace("-", "⁻");
  return `${value < 0 ? "−" : ""}${String(Number(mantissa))} × 10${raised.replace("+", "")}`;
}

/** A number of so many significant digits for people: `60,000`, `0.1235`, `1.2 × 10⁻⁷`; whole numbers keep all their digits. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "not a number";
  const magnitude = Math.abs(value);
  if (magnitude === Number.POSITIVE_INFINITY) return value < 0 ? "−∞" : "∞";
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-4)) return formatScientific(value, digits);
  if (Number.isInteger(value)) return formatFixed(value, 0);
  const decimals = decimalsFor(magnitude, digits);
  const text = formatFixed(value, decimals);
  // Zeros at the end of a rounded number are digits of it; those of one that ends there are not.
  const isExact = Math.abs(Number(value.toFixed(decimals)) - value) <= 1e-12 * magnitude;
  return isExact && text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A number with its unit: parts of one as per cent, seconds and bytes in the sizes people use, SI prefixes. */
export function formatQuantity(value: number, { unit, isFraction, digits = 4 }: Quantity = {}): string {
  if (isFraction === true) return `${formatNumber(100 * value, Math.min(digits, 3))} %`;
  if (unit === undefined || unit === "") return formatNumber(value, digits);
  if (unit === "%") return `${formatNumber(value, digits)} %`;
  if (unit === "s" && Math.abs(value) >= 100) return formatDuration(value);
  const magnitude = Math.abs(value);
  if (!prefixable.has(unit) || magnitude === 0 || !Number.isFinite(value))
    return `${formatNumber(value, digits)} ${unit}`;
  const isWhole = unit.startsWith("B") || unit.startsWith("bit") || unit.includes("op") || unit.includes("OP");
  const power = Math.min(5, Math.max(isWhole ? 0 : -4, Math.floor(Math.log10(magnitude) / 3)));
  return `${formatNumber(value / 1000 ** power, Math.min(digits, 3))} ${prefixes[power + 4]}${unit}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `1 h 05 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const two = (n: number) => String(n).padStart(2, "0");
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const months = "January February March April May June July August September October November December".split(" ");

/** `25 November 2026, 22:04 UTC` of an ISO time; other texts as they are. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const time = date.toISOString().slice(11, 16);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${time} UTC`;
}

/** A name in camel case as words: `testAccuracy` is `Test accuracy`; symbols of one letter stay. */
export function wordsOf(name: string): string {
  if (name.length < 2) return name;
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/[_-]+/g, " ")
    .split(" ")
    .map((word) => (/^[A-Z][a-z\d]*$/.test(word) ? word.toLowerCase() : word))
    .join(" ");
  return words[0].toUpperCase() + words.slice(1);
}

export { decimalsFor };
