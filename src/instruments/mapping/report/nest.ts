import type { Figure, Row } from "../../../lab/index.ts";
import { countInstances } from "../architecture.ts";
import type { Evaluation } from "../evaluation.ts";
import { printLoopNest } from "../loop-nest.ts";
import type { Mapping } from "../mapping.ts";
import { percent } from "./energy.ts";
import { type DrawnMapping, drawMapping } from "./nest-drawing.ts";

/** Every count of an evaluation, a row for each tensor at each level, outermost level first. */
export function countRows(evaluation: Evaluation): Row[] {
  return [...evaluation.levels].reverse().flatMap(({ level, tensors }) =>
    Object.entries(tensors).map(([tensor, t]) => ({
      level,
      tensor,
      reads: t.reads,
      fills: t.fills,
      updates: t.updates,
      capacity: t.capacity,
      instances: t.instances,
      operandsPerWord: t.operandsPerWord,
      wastedBits: t.wastedBits,
      picojoules: t.energyPicojoules,
    })),
  );
}

const countColumns = [
  { name: "level" },
  { name: "tensor" },
  { name: "reads", digits: 12 },
  { name: "fills", digits: 12 },
  { name: "updates", digits: 12 },
  { name: "capacity", label: "words stored", digits: 12 },
  { name: "instances" },
  { name: "operandsPerWord", label: "operands a word" },
  { name: "wastedBits", label: "wasted bits", digits: 12 },
  { name: "picojoules", label: "energy", unit: "pJ" },
];

/** The mapping drawn: tiles, traffic, loops and the array; its table holds every count. */
export function nestDrawingFigure(drawn: DrawnMapping): Figure {
  const { evaluation, architecture } = drawn;
  const wasted = evaluation.levels
    .flatMap((l) => Object.values(l.tensors))
    .reduce((sum, t) => sum + t.wastedBits * t.instances, 0);
  const waste =
    wasted === 0
      ? "no stored bit is wasted"
      : `${wasted.toLocaleString("en-US")} stored bits are left empty by packing`;
  return {
    name: "mapping",
    title: "The mapping, level by level",
    summary: `Tiles that each level stores, its loops, and the words that move between levels, over all instances. ${percent(evaluation.utilization)} of ${countInstances(architecture.arithmetic)} multipliers are busy; ${waste}.`,
    drawing: { kind: "svg", svg: drawMapping(drawn) },
    table: { columns: countColumns, rows: countRows(evaluation) },
  };
}

/** The mapping as a loop nest in text; its table is the loops. */
export function loopNestFigure(mapping: Mapping, evaluation: Evaluation): Figure {
  const rows: Row[] = [...mapping]
    .reverse()
    .flatMap((m) => [
      ...[...m.temporal].reverse().map((loop) => ({ level: m.level, over: "time", ...loop })),
      ...[...m.spatialY].reverse().map((loop) => ({ level: m.level, over: "y", ...loop })),
      ...[...m.spatialX].reverse().map((loop) => ({ level: m.level, over: "x", ...loop })),
    ]);
  const loops = rows.filter((r) => Number(r.factor) > 1);
  return {
    name: "loop-nest",
    title: "The loop nest",
    summary: `${loops.length} loops over ${mapping.length} levels, outermost first; beside each level the words of the tiles that it keeps.`,
    drawing: { kind: "text", text: printLoopNest(mapping, evaluation) },
    table: {
      columns: [{ name: "level" }, { name: "over", label: "runs over" }, { name: "dimension" }, { name: "factor" }],
      rows: loops.length > 0 ? loops : [{ level: mapping.at(-1)?.level ?? "", over: "time", dimension: "", factor: 1 }],
    },
  };
}
