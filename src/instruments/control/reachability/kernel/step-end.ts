import type { Local } from "./function-builder.ts";
import type { KernelParts } from "./kernel-parts.ts";
import type { RowLoop } from "./row-loop.ts";
import { VectorEmitter, vectorBytes, vectorOp } from "./vector-emitter.ts";
import { VectorGraph, type VectorNode } from "./vector-graph.ts";

/** Bit of a sweep's `active` argument that marks the last stage of a step; the bits above are the constraints in order. */
export const stepEndBit = 1;

/** The bit of a constraint. */
export function constraintBit(index: number): number {
  return 2 << index;
}

/** Arrival times above this have not happened. */
const never = 1e30;

/** What happens to a vector at the end of a step: constraints, the largest change, arrival times. */
export class StepEnd {
  /** The largest changes so far, a vector. */
  readonly change: Local;
  readonly #loop: RowLoop;
  readonly #parts: KernelParts;
  readonly #arguments: Readonly<Record<"active" | "elapsed" | "length", Local>>;

  constructor(loop: RowLoop, parts: KernelParts, args: Readonly<Record<"active" | "elapsed" | "length", Local>>) {
    this.#loop = loop;
    this.#parts = parts;
    this.#arguments = args;
    this.change = loop.code.local("v128");
  }

  /** Brings the local `next` to its final value; `start` is the row of the step's start. */
  emit(next: Local, start: Local): void {
    const { code } = this.#loop;
    const { problem, places, layout } = this.#parts;
    problem.constraints.forEach(({ take }, k) => {
      code.get(this.#arguments.active).i32(constraintBit(k)).scalar("i32.and");
      code.if(() => {
        code.get(next);
        this.#loop.loadFixed(places.fields[k]);
        code.vector(vectorOp(layout.precision, take === "min" ? "pmin" : "pmax")).set(next);
      });
    });
    if (problem.lowest !== undefined) {
      code.get(next).v128(vectorBytes(layout.precision, [problem.lowest]));
      code.vector(vectorOp(layout.precision, "pmax")).set(next);
    }
    code.get(this.change).get(next);
    this.#loop.load(start);
    code.vector(vectorOp(layout.precision, "sub")).vector(vectorOp(layout.precision, "abs"));
    this.#loop.loadFromRow(places.mask);
    code.vector("v128.and").vector(vectorOp(layout.precision, "pmax")).set(this.change);
    if (places.arrival !== undefined) this.#emitArrival(next, start, places.arrival);
  }

  #emitArrival(next: Local, start: Local, arrival: number): void {
    const { code } = this.#loop;
    const { layout, problem } = this.#parts;
    const graph = new VectorGraph();
    const sign = graph.constant(problem.arrival === "below" ? 1 : -1);
    const node = arrivalTime(graph, sign);
    const emitter = new VectorEmitter(code, layout.precision, (name) => {
      if (name === "next") code.get(next);
      else if (name === "start") this.#loop.load(start);
      else if (name === "arrival") this.#loop.loadFixed(arrival);
      else code.get(this.#arguments[name as "elapsed" | "length"]).vector(vectorOp(layout.precision, "splat"));
    });
    emitter.plan([node]);
    this.#loop.fixedAddress(arrival);
    emitter.emit(node);
    code.memory("v128.store", layout.paddingBytes);
  }
}

/** The arrival time after a step: kept where there is one, else where the line from start to next crosses zero. */
function arrivalTime(graph: VectorGraph, sign: VectorNode): VectorNode {
  const input = (name: string) => graph.input(name, 2);
  const zero = graph.constant(0);
  const [before, after] = [graph.multiply(sign, input("start")), graph.multiply(sign, input("next"))];
  const part = graph.divide(before, graph.subtract(before, after));
  const crossing = graph.add(input("elapsed"), graph.multiply(input("length"), part));
  const hit = graph.ifLess(zero, before, crossing, input("elapsed"));
  const isNew = graph.ifLess(graph.constant(never), input("arrival"), hit, input("arrival"));
  return graph.ifLess(zero, after, input("arrival"), isNew);
}
