/** Exponents of metre, kilogram, second and radian. Angles are kept apart from plain numbers so that degrees are not lost. */
type Dimension = readonly [length: number, mass: number, time: number, angle: number];

/** A unit of measure: `factor` times the coherent unit of its dimension. */
export interface Unit {
  readonly factor: number;
  readonly dimension: Dimension;
  /** As a person writes it. */
  readonly name: string;
}

const base: Readonly<Record<string, readonly [factor: number, ...Dimension]>> = {
  m: [1, 1, 0, 0, 0],
  km: [1000, 1, 0, 0, 0],
  cm: [0.01, 1, 0, 0, 0],
  mm: [0.001, 1, 0, 0, 0],
  nmi: [1852, 1, 0, 0, 0],
  kg: [1, 0, 1, 0, 0],
  g: [0.001, 0, 1, 0, 0],
  s: [1, 0, 0, 1, 0],
  ms: [1e-3, 0, 0, 1, 0],
  us: [1e-6, 0, 0, 1, 0],
  µs: [1e-6, 0, 0, 1, 0],
  ns: [1e-9, 0, 0, 1, 0],
  ps: [1e-12, 0, 0, 1, 0],
  min: [60, 0, 0, 1, 0],
  h: [3600, 0, 0, 1, 0],
  rad: [1, 0, 0, 0, 1],
  deg: [Math.PI / 180, 0, 0, 0, 1],
  N: [1, 1, 1, -2, 0],
  Hz: [1, 0, 0, -1, 0],
  kn: [1852 / 3600, 1, 0, -1, 0],
};

/** The unit of plain numbers. */
export const dimensionless: Unit = { factor: 1, dimension: [0, 0, 0, 0], name: "1" };

/** The longest unit at the start of `text`, such as `m/s^2` or `1/s`, and how many characters it takes; undefined when there is none. */
export function readUnit(text: string): { readonly unit: Unit; readonly length: number } | undefined {
  let [unit, length]: [Unit | undefined, number] = text.startsWith("1/") ? [dimensionless, 1] : [undefined, 0];
  for (;;) {
    const match = /^([/*]?)([A-Za-zµ]+)(?:\^(-?\d+))?/.exec(text.slice(length));
    if (match === null || (unit === undefined) !== (match[1] === "") || !Object.hasOwn(base, match[2])) break;
    const power = Number(match[3] ?? 1) * (match[1] === "/" ? -1 : 1);
    const [factor, ...dimension] = base[match[2]];
    const part = raise({ factor, dimension, name: match[2] }, power);
    unit = { ...(unit === undefined ? part : times(unit, part)), name: text.slice(0, length + match[0].length) };
    length += match[0].length;
  }
  return unit === undefined || (length <= 1 && text[0] === "1") ? undefined : { unit, length };
}

/** The units that others are made of by `*`, `/` and `^`. */
export const unitNames: readonly string[] = Object.keys(base);

/** The unit that `text` names as a whole; undefined when it names none. */
export function parseUnit(text: string): Unit | undefined {
  if (text === "1" || text === "") return dimensionless;
  const found = readUnit(text);
  return found?.length === text.length ? found.unit : undefined;
}

/** The unit of a product. */
export function times(a: Unit, b: Unit): Unit {
  const dimension = a.dimension.map((e, i) => e + b.dimension[i]) as unknown as Dimension;
  return named(a.factor * b.factor, dimension, `${a.name}*${b.name}`);
}

/** The unit of a power. */
export function raise(unit: Unit, power: number): Unit {
  const dimension = unit.dimension.map((e) => e * power) as unknown as Dimension;
  return named(unit.factor ** power, dimension, power === 1 ? unit.name : `${unit.name}^${power}`);
}

/** Whether values of two units may be added and compared. */
export function isComparable(a: Unit, b: Unit): boolean {
  return a.dimension.every((e, i) => e === b.dimension[i]);
}

function named(factor: number, dimension: Dimension, fallback: string): Unit {
  if (dimension.every((e) => e === 0)) return { factor, dimension, name: "1" };
  if (factor !== 1) return { factor, dimension, name: fallback };
  const parts = dimension.flatMap((e, i) => (e === 0 ? [] : [["m", "kg", "s", "rad"][i] + (e === 1 ? "" : `^${e}`)]));
  return { factor, dimension, name: parts.join("*") };
}
