import { stringify } from "yaml";
import { type Architecture, defineLevel, type Level } from "../architecture.ts";
import type { LevelConstraint, LoopConstraint, SpatialConstraint } from "../constraints.ts";
import { convolution, matrixProduct, type Problem, withBits } from "../problem.ts";
import { stringifyShort } from "./short-style.ts";

/** A layer and how often it comes. */
interface CountedLayer {
  readonly problem: Problem;
  readonly count: number;
}

/** A map or list on one line of YAML. */
function line(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }).trim();
}

/** An accelerator in the compact form, `accelerator:`, outermost level first; reading it back gives the same accelerator. */
export function writeCompactAccelerator(architecture: Architecture): string {
  const { name, arithmetic, timeloopVersion } = architecture;
  const levels = [...architecture.levels].reverse().map((level) => `    - ${line(compactLevel(level))}`);
  const mac = line({ mesh: meshOf(arithmetic), energy: arithmetic.energyPicojoules });
  return `accelerator:\n  name: ${line(name)}\n  timeloopVersion: ${line(timeloopVersion)}\n  levels:\n${levels.join("\n")}\n  mac: ${mac}\n`;
}

const meshOf = ({ meshX, meshY }: { readonly meshX: number; readonly meshY: number }) => `${meshX}x${meshY}`;

/** The fields of a level that are not what they are by default. */
function compactLevel(level: Level): Record<string, unknown> {
  const usual = defineLevel({ name: level.name });
  const names = { blockSize: "block", clusterSize: "cluster" } as Readonly<Record<string, string>>;
  const plain = Object.entries(level).filter(
    ([key, value]) => !["name", "meshX", "meshY", "energy"].includes(key) && value !== usual[key as keyof Level],
  );
  const mesh = level.meshX * level.meshY > 1 ? { mesh: meshOf(level) } : {};
  const { read, write, update = write, leak = 0 } = level.energy;
  const energy = { read, write, ...(update === write ? {} : { update }), ...(leak === 0 ? {} : { leak }) };
  return {
    name: level.name,
    ...Object.fromEntries(plain.map(([key, value]) => [names[key] ?? key, value])),
    ...mesh,
    ...(read === 0 && write === 0 && leak === 0 ? {} : { energy }),
  };
}

/** Layers in the compact form, `layers:`; undefined when one of them is neither a convolution of one stride nor a matrix product. */
export function writeCompactLayers(layers: readonly CountedLayer[]): string | undefined {
  const lines = layers.map(({ problem, count }) => {
    const sizes = compactSizes(problem);
    if (sizes === undefined) return undefined;
    const widths = problem.dataSpaces.filter((d) => d.bits !== undefined).map((d) => [d.name, d.bits]);
    return `  - ${line({
      name: problem.name,
      ...sizes,
      ...(widths.length === 0 ? {} : { bits: Object.fromEntries(widths) }),
      ...(count === 1 ? {} : { repeat: count }),
    })}`;
  });
  return lines.some((l) => l === undefined) ? undefined : `layers:\n${lines.join("\n")}\n`;
}

/** The sizes from which a problem is made, checked by making it again. */
function compactSizes(problem: Problem): Record<string, number> | undefined {
  const { bounds, name } = problem;
  const plain = withBits(problem, {});
  const isMadeBy = (made: Problem) => sameShape(made, plain);
  if ("K" in bounds) {
    const { M, N, K, B = 1 } = bounds;
    const sizes = { M, N, K, ...(B > 1 ? { batch: B } : {}) };
    return isMadeBy(matrixProduct({ name, M, N, K, batch: B })) ? sizes : undefined;
  }
  const { C, M, R, S, P, Q, N = 1, G = 1 } = bounds;
  if ([C, M, R, S, P, Q].includes(undefined as unknown as number)) return undefined;
  const terms = problem.dataSpaces.flatMap((s) => s.ranks.flat());
  const stepOf = (d: string) => Math.max(1, ...terms.filter(([name]) => name === d).map(([, step]) => step));
  const [stride, dilation] = [stepOf("P"), stepOf("R")];
  const sizes = { C: C * G, M: M * G, R, S, P, Q };
  const made = convolution({
    ...{ name, ...sizes, N, groups: G },
    ...{ strideP: stride, strideQ: stride, dilationR: dilation, dilationS: dilation },
  });
  if (!isMadeBy(made)) return undefined;
  const optional = { N, groups: G, stride, dilation };
  return { ...sizes, ...Object.fromEntries(Object.entries(optional).filter(([, n]) => n > 1)) };
}

function sameShape(a: Problem, b: Problem): boolean {
  const content = ({ dimensions, bounds, dataSpaces }: Problem) =>
    JSON.stringify([
      dimensions,
      dimensions.map((d) => bounds[d]),
      dataSpaces.map(({ name, ranks, readWrite }) => [name, ranks, readWrite]),
    ]);
  return content(a) === content(b);
}

/** Constraints in the compact form, `constraints:`. */
export function writeCompactConstraints(constraints: readonly LevelConstraint[]): string {
  const rules = constraints.map(({ level, temporal, spatial, keep = [], bypass = [] }) => [
    level,
    {
      ...(temporal ? { temporal: compactRule(temporal) } : {}),
      ...(spatial ? { spatial: compactSpatial(spatial) } : {}),
      ...(keep.length > 0 ? { keep } : {}),
      ...(bypass.length > 0 ? { bypass } : {}),
    },
  ]);
  return stringifyShort({ constraints: Object.fromEntries(rules) });
}

function compactRule({ factors = {}, maxFactors = {}, innermost = [], outermost = [] }: LoopConstraint) {
  const list = [
    ...Object.entries(factors).map(([d, f]) => `${d}=${f === "full" ? 0 : f}`),
    ...Object.entries(maxFactors).map(([d, f]) => `${d}<=${f}`),
  ];
  const order = outermost.length === 0 ? innermost : [...innermost, "*", ...[...outermost].reverse()];
  return { ...(list.length > 0 ? { factors: list } : {}), ...(order.length > 0 ? { order } : {}) };
}

function compactSpatial({ alongX, alongY, ...rule }: SpatialConstraint) {
  const { factors } = compactRule({ ...rule, innermost: [], outermost: [] });
  return { ...(factors && { factors }), ...(alongX && { x: alongX }), ...(alongY && { y: alongY }) };
}
