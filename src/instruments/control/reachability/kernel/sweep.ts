import type { Local } from "./function-builder.ts";
import { type KernelParts, scratchPlaces } from "./kernel-parts.ts";
import { inputName } from "./kernel-program.ts";
import { RowLoop } from "./row-loop.ts";
import { StepEnd } from "./step-end.ts";
import { vectorOp } from "./vector-emitter.ts";
import type { VectorNode } from "./vector-graph.ts";
import type { FunctionCode, ValueType } from "./wasm-module.ts";

/** A sweep's arguments in order. */
const sweepArguments = [
  ...(["from", "to", "input", "output", "start", "scratch", "active"] as const),
  ...(["keep", "mix", "mixedStep", "elapsed", "length"] as const),
] as const;

/**
 * The code of `sweep`: one stage on the rows `from … to − 1`: `output = keep·start + mix·(input + Δt·L(input))`, where `input`, `output` and `start`
 * are addresses of buffers and `mixedStep = mix·Δt`. When `active` is not 0, the step ends here: constraints whose bit is set
 * act, arrival times are recorded for a step of `length` that began after `elapsed`, and the largest change is left as a
 * vector at `scratch`.
 */
export function sweepFunction(parts: KernelParts): FunctionCode {
  const { layout, program, scheme, places, ghostRows, wrapRow } = parts;
  const parameters = sweepArguments.map((_, i): ValueType => (i < 7 ? "i32" : layout.precision));
  const splat = new Map<string, (typeof sweepArguments)[number]>([
    [inputName.keep, "keep"],
    [inputName.mix, "mix"],
    [inputName.mixedStep, "mixedStep"],
  ]);
  const rows = new Map<string, Local>();
  const loop: RowLoop = new RowLoop(parts, parameters, ({ code, addresses }, name) => {
    const value = splat.get(name);
    const along = /^value (\d+) (-?\d+)$/.exec(name);
    const neighbour = addresses.neighbour(name);
    if (value !== undefined) code.get(argument(value)).vector(vectorOp(layout.precision, "splat"));
    else if (neighbour !== undefined) loop.load(neighbour);
    else if (name.startsWith("speed ")) emitGlobalSpeed(loop, places.globalSpeeds, name, layout.size);
    else if (along !== null) loop.load(rows.get("input")!, layout.paddingBytes + Number(along[2]) * layout.size);
    else loop.load(rows.get(name === inputName.start ? "start" : "input")!);
  });
  const { code } = loop;
  const argument = (name: (typeof sweepArguments)[number]) => code.parameter(sweepArguments.indexOf(name));
  for (const name of ["input", "output", "start"]) rows.set(name, code.local("i32"));
  const ghosts = code.local("i32");
  code.get(argument("scratch")).i32(scratchPlaces.ghostRows).scalar("i32.add").set(ghosts);
  const end = new StepEnd(loop, parts, {
    active: argument("active"),
    elapsed: argument("elapsed"),
    length: argument("length"),
  });
  const next = code.local("v128");
  loop.emit([program.next], argument("scratch"), {
    row: () => {
      for (const name of ["input", "output", "start"] as const) {
        code.get(argument(name)).get(loop.rowOffset).scalar("i32.add").set(rows.get(name)!);
      }
      loop.addresses.emitNeighbours({ center: rows.get("input")!, scratch: ghosts, scheme, ghostRows });
    },
    vector: () => {
      loop.emitter.emit(program.next);
      code.set(next);
      code.get(argument("active")).if(() => end.emit(next, rows.get("start")!));
      loop.address(rows.get("output")!);
      code.get(next).memory("v128.store", layout.paddingBytes);
    },
    rowEnd: () => code.get(rows.get("output")!).call(wrapRow),
  });
  code.get(argument("scratch")).get(end.change).memory("v128.store", 0);
  return code.finish("sweep");
}

function emitGlobalSpeed({ code }: RowLoop, address: number, name: string, size: number): void {
  const axis = Number(name.split(" ")[1]);
  code.i32(address + axis * size).memory(size === 4 ? "v128.load32_splat" : "v128.load64_splat", 0);
}

/**
 * The code of `bound`: over the rows `from … to − 1`, the largest `Σ αᵢ/Δxᵢ` and then the largest `αᵢ` of each axis, every one a
 * vector whose largest lane counts, at the address in its third argument.
 */
export function boundFunction(parts: KernelParts): FunctionCode {
  const { program, layout } = parts;
  const loop = new RowLoop(parts, ["i32", "i32", "i32"], () => undefined);
  const { code } = loop;
  const roots: readonly VectorNode[] = [program.rate, ...program.speeds];
  const largest = roots.map(() => code.local("v128"));
  loop.emit(roots, code.parameter(2), {
    vector: () => {
      roots.forEach((root, i) => {
        loop.emitter.emit(root);
        // Unlike `pmax`, `max` keeps a NaN.
        code.get(largest[i]).vector(vectorOp(layout.precision, "max")).set(largest[i]);
      });
    },
  });
  largest.forEach((vector, i) => {
    code
      .get(code.parameter(2))
      .get(vector)
      .memory("v128.store", 16 * i);
  });
  return code.finish("bound");
}
