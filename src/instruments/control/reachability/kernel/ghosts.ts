import { beyondEdge } from "../boundary-conditions.ts";
import type { BoundaryRule } from "../grid.ts";
import { FunctionBuilder, type Local } from "./function-builder.ts";
import type { Layout } from "./layout.ts";
import { lanesOf, type Precision, VectorEmitter, vectorBytes } from "./vector-emitter.ts";
import { VectorGraph } from "./vector-graph.ts";
import type { FunctionCode } from "./wasm-module.ts";

type OpenRule = Exclude<BoundaryRule, "periodic">;

/** `beyondEdge` with the given addresses of the edge and inner value, the steps, and what loads a vector. */
function emitBeyond(
  code: FunctionBuilder,
  precision: Precision,
  rule: OpenRule,
  emitInput: (name: string) => void,
): void {
  const graph = new VectorGraph();
  const node = beyondEdge(graph, rule, [graph.input("edge", 2), graph.input("inner", 2)], graph.input("steps", 2));
  const emitter = new VectorEmitter(code, precision, emitInput);
  emitter.plan([node]);
  emitter.emit(node);
}

/**
 * `ghostRow(edge, inner, steps, out)`: the row `steps` beyond the row at `edge`, whose inner neighbour is at `inner`.
 * All are addresses of rows' starts.
 */
export function ghostRow(layout: Layout, rule: OpenRule, name: string): FunctionCode {
  const { precision, paddingBytes, vectorBytes: length } = layout;
  const code = new FunctionBuilder(["i32", "i32", precision, "i32"]);
  const [edge, inner, steps, out] = [0, 1, 2, 3].map((i) => code.parameter(i));
  const at = code.local("i32");
  const splat = code.local("v128");
  code
    .get(steps)
    .vector(precision === "f32" ? "f32x4.splat" : "f64x2.splat")
    .set(splat);
  code.loop({ counter: at, end: () => code.i32(length), step: 16 }, () => {
    code.get(out).get(at).scalar("i32.add");
    emitBeyond(code, precision, rule, (input) => {
      if (input === "steps") code.get(splat);
      else
        code
          .get(input === "edge" ? edge : inner)
          .get(at)
          .scalar("i32.add")
          .memory("v128.load", paddingBytes);
    });
    code.memory("v128.store", paddingBytes);
  });
  return code.finish(name);
}

/** `wrapRow(row)`: writes the ghost points at both ends of the row that starts at the address. */
export function wrapRow(layout: Layout, rule: BoundaryRule, name: string): FunctionCode {
  const { precision, paddingBytes, points, size } = layout;
  const code = new FunctionBuilder(["i32"]);
  const row = code.parameter(0);
  const first = paddingBytes;
  const beyond = paddingBytes + points * size;
  const last = beyond - size;
  // Four ghosts are written, in one vector or two; no scheme looks at more than three.
  for (let part = 0; part < (4 * size) / 16; part++) {
    const [before, after] = [first - 16 * (part + 1), beyond + 16 * part];
    if (rule === "periodic") {
      code
        .get(row)
        .get(row)
        .memory("v128.load", before + points * size)
        .memory("v128.store", before);
      code
        .get(row)
        .get(row)
        .memory("v128.load", after - points * size)
        .memory("v128.store", after);
    } else {
      const steps = Array.from({ length: lanesOf(precision) }, (_, lane) => part * lanesOf(precision) + lane + 1);
      emitEnd(code, { layout, rule, row, edge: first, inner: first + size, out: before, steps: [...steps].reverse() });
      emitEnd(code, { layout, rule, row, edge: last, inner: last - size, out: after, steps });
    }
  }
  return code.finish(name);
}

interface End {
  readonly layout: Layout;
  readonly rule: OpenRule;
  readonly row: Local;
  /** Offsets in the row, in bytes. */
  readonly edge: number;
  readonly inner: number;
  readonly out: number;
  readonly steps: readonly number[];
}

function emitEnd(code: FunctionBuilder, { layout, rule, row, edge, inner, out, steps }: End): void {
  const { precision } = layout;
  code.get(row);
  emitBeyond(code, precision, rule, (input) => {
    if (input === "steps") code.v128(vectorBytes(precision, steps));
    else {
      code
        .get(row)
        .memory(precision === "f32" ? "v128.load32_splat" : "v128.load64_splat", input === "edge" ? edge : inner);
    }
  });
  code.memory("v128.store", out);
}
