import type { Volume, VolumeAxis } from "../figure.ts";

/** A field on a grid as computations have it; the last axis's samples lie next to each other. */
export interface SampledVolume extends Omit<Volume, "kind" | "range" | "steps"> {
  /** `values [n₁ · n₂ · n₃]`; infinite ones are cut to the range, what is not a number counts as the range's high end. */
  readonly steps: readonly { readonly label: string; readonly values: ArrayLike<number> }[];
}

/** Whole numbers that a sample is kept as: 16 bits. */
const most = 65_535;

/**
 * The range that samples are kept in: what most of them lie in, three times as wide, and the level within. Surfaces of levels well inside
 * are where they were; only how far off the rest is gets lost.
 */
function rangeOf({ steps, level }: SampledVolume): readonly [low: number, high: number] {
  const all = steps.flatMap(({ values }) => Array.from(values).filter(Number.isFinite)).sort((a, b) => a - b);
  const at = (share: number) => all[Math.round(share * (all.length - 1))] ?? level;
  const [low, high] = [Math.min(at(0.02), level), Math.max(at(0.98), level)];
  const span = high - low || 1;
  const [least, largest] = [all[0] ?? level, all.at(-1) ?? level];
  const beside = 0.01 * span;
  return [
    Math.min(level - beside, Math.max(least, low - span)),
    Math.max(level + beside, Math.min(largest, high + span)),
  ];
}

/** A drawing of a field: samples as 16-bit numbers in base64, 2.7 bytes a sample. */
export function packVolume(sampled: SampledVolume): Volume {
  const range = rangeOf(sampled);
  const [low, high] = range;
  const pack = (values: ArrayLike<number>) => {
    let text = "";
    for (let i = 0; i < values.length; i++) {
      const part = (Math.min(high, Math.max(low, values[i])) - low) / (high - low);
      const whole = Number.isNaN(part) ? most : Math.round(part * most);
      text += String.fromCharCode(whole & 255, whole >> 8);
    }
    return btoa(text);
  };
  const steps = sampled.steps.map(({ label, values }) => ({ label, values: pack(values) }));
  return { ...sampled, kind: "volume", range, steps };
}

/** The samples of one of a volume's steps `[n₁ · n₂ · n₃]`. */
export function unpackVolume({ range: [low, high], steps }: Volume, step: number): Float32Array {
  const text = atob(steps[step].values);
  return Float32Array.from(
    { length: text.length / 2 },
    (_, i) => low + ((high - low) * (text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8))) / most,
  );
}

/** How long the sides of a volume's box are drawn, the longest 1: in proportion where units are the same. */
export function sidesOf(axes: Volume["axes"]): readonly [number, number, number] {
  const extent = ({ low, high }: VolumeAxis) => high - low;
  return axes.map((axis) => {
    const alike = axes.filter(({ unit }) => unit !== undefined && unit === axis.unit);
    return alike.length === 0 ? 1 : extent(axis) / Math.max(...alike.map(extent));
  }) as unknown as readonly [number, number, number];
}

/** An axis as people read it: `"x, m"`. */
export const axisLabel = ({ name, unit }: VolumeAxis) => (unit === undefined ? name : `${name}, ${unit}`);

/** Where the still is looked at from: the third axis is upright, the first and second run along the ground in front. */
export const stillView = { azimuth: -60, elevation: 25 } as const;
