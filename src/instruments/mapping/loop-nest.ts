import type { Evaluation } from "./evaluation.ts";
import type { Mapping } from "./mapping.ts";

/**
 * A mapping as a loop nest, outermost level first: each level with the tensors it keeps and its loops indented one step
 * deeper than the loops around them. With an evaluation the tensors carry their tile sizes in words.
 *
 * ```text
 * DRAM [Weights 34848, Inputs 154587, Outputs 290400]
 * | for Q in 0..55
 * |   for C in 0..3
 * shared_glb [Inputs 2497, Outputs 5280]
 * |     for P in 0..55
 * |       parallel-for M in 0..12 (x)
 * ```
 */
export function printLoopNest(mapping: Mapping, evaluation?: Evaluation): string {
  const lines: string[] = [];
  let depth = 0;
  const push = (text: string) => lines.push(`| ${"  ".repeat(depth++)}${text}`);
  [...mapping].reverse().forEach((m) => {
    const level = evaluation?.levels.find((l) => l.level === m.level);
    const kept = m.keep.map((name) => {
      const capacity = level?.tensors[name]?.capacity;
      return capacity === undefined ? name : `${name} ${capacity}`;
    });
    lines.push(`${m.level} [${kept.join(", ")}]`);
    for (const loop of [...m.temporal].reverse()) {
      if (loop.factor > 1) push(`for ${loop.dimension} in 0..${loop.factor}`);
    }
    for (const [loops, axis] of [
      [m.spatialY, "y"],
      [m.spatialX, "x"],
    ] as const) {
      for (const loop of [...loops].reverse()) {
        if (loop.factor > 1) push(`parallel-for ${loop.dimension} in 0..${loop.factor} (${axis})`);
      }
    }
  });
  return lines.join("\n");
}

/** A mapping in one line, outermost level and loop first: `DRAM G2 Q9 C12 · shared_glb M2 P27 Q3x M4x · …`, x and y for loops over a mesh. */
export function printLoops(mapping: Mapping): string {
  const levels = [...mapping].reverse().map((m) => {
    const loops = [
      ...[...m.temporal].reverse().map((l) => ({ ...l, axis: "" })),
      ...[...m.spatialY].reverse().map((l) => ({ ...l, axis: "y" })),
      ...[...m.spatialX].reverse().map((l) => ({ ...l, axis: "x" })),
    ].filter((l) => l.factor > 1);
    return [m.level, ...loops.map((l) => `${l.dimension}${l.factor}${l.axis}`)].join(" ");
  });
  return levels.join(" · ");
}
