import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { importModel, key, sampleUniform } from "../../../engine/index.ts";
import { withDisturbanceScale } from "../reachability/dynamics.ts";
import { optimalInputs } from "../reachability/optimal-inputs.ts";
import { gradientInTime, interpolateInTime } from "../reachability/value-function.ts";
import type { SavedController } from "./controller-file.ts";
import { checkExport, controllerModes, exportController } from "./controller-model.ts";
import { type ProblemSpec, readProblem } from "./problem.ts";
import { problems } from "./problems.ts";
import { solvePlan } from "./solve-plan.ts";

async function controllerOf(spec: ProblemSpec, detail: number): Promise<SavedController> {
  const problem = readProblem(spec, { detail });
  const delta = 0.2;
  const tree = await solvePlan(problem.plan, problem.task, { delta, sliceEvery: 0.5, scheme: "medium" });
  return { problem, tree, delta, margin: 0.05, detail, isGuaranteed: true };
}

/** Situations all over the grid and the times, and a little beyond both. */
function situations({ problem, tree }: SavedController, count: number) {
  const { axes } = problem.task.grid;
  const modes = controllerModes(tree);
  const u = sampleUniform(key(3), count * (axes.length + 2), "float64");
  return Array.from({ length: count }, (_, n) => {
    const own = u.subarray(n * (axes.length + 2));
    const mode = Math.floor(own[0] * modes.length);
    const last = Math.max(...modes[mode].slices.times);
    const x = axes.map(({ low, high }, a) => Math.fround(low + (high - low) * (1.2 * own[a + 2] - 0.1)));
    return { mode, time: Math.fround(own[1] * 1.1 * last), x };
  });
}

type Outputs = Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>;

async function run(bytes: Uint8Array, at: ReturnType<typeof situations>): Promise<Outputs> {
  const session = await InferenceSession.create(bytes);
  const found = await session.run({
    state: new OrtTensor("float32", Float32Array.from(at.flatMap(({ x }) => x)), [at.length, at[0].x.length]),
    time: new OrtTensor(
      "float32",
      Float32Array.from(at, ({ time }) => time),
      [at.length],
    ),
    mode: new OrtTensor(
      "int32",
      Int32Array.from(at, ({ mode }) => mode),
      [at.length],
    ),
  });
  await session.release();
  return found as unknown as Outputs;
}

test.each(["brake", "reach-avoid", "order", "auv"] as const)(
  "%s: on ONNX Runtime the exported controller says what the one in TypeScript says",
  async (name) => {
    const saved = await controllerOf(problems[name], name === "auv" ? 0.32 : 0.3);
    const { grid, system } = saved.problem.task;
    const modes = controllerModes(saved.tree);
    const at = situations(saved, 400);
    const found = await run(exportController(saved), at);
    const best = optimalInputs(withDisturbanceScale(system, saved.delta), { control: "max" });
    let compared = 0;
    for (const [n, { mode, time, x }] of at.entries()) {
      const { slices } = modes[mode];
      const value = interpolateInTime(grid, slices, x, time, "clamp");
      const gradient = gradientInTime(grid, slices, x, time);
      const size = 1 + Math.abs(value);
      // Where values stand for what is forbidden they are a million, and so are their differences.
      expect(Math.abs(found.value.data[n] - value) / size, `value ${n}`).toBeLessThan(1e-4);
      const own = (output: Outputs[string]) => [...output.data].slice(n * output.dims[1], (n + 1) * output.dims[1]);
      const steepness = 1 + Math.max(...gradient.map(Math.abs));
      own(found.gradient).forEach((g, a) => {
        expect(Math.abs(g - gradient[a]) / steepness, `gradient ${n}`).toBeLessThan(1e-3);
      });
      // Where the gradient is all but flat a rounding may turn the best input round.
      const inputs = best(x, gradient, time);
      const isClear = ({ length }: readonly number[], which: "control" | "disturbance") => {
        const nudged = [1e-2, -1e-2].map(
          (e) =>
            best(
              x,
              gradient.map((g) => g + e * steepness),
              time,
            )[which],
        );
        return nudged.every((u) =>
          Array.from({ length }, (_, i) => Math.abs(u[i] - inputs[which][i]) < 0.2).every(Boolean),
        );
      };
      for (const which of ["control", "disturbance"] as const) {
        if (!isClear(inputs[which], which)) continue;
        compared++;
        own(found[which]).forEach((u, i) => {
          expect(u, `${which} ${n}`).toBeCloseTo(inputs[which][i], 1);
        });
      }
    }
    expect(compared).toBeGreaterThan(300);
  },
);

test("the model says in its metadata what its modes are, and equations that ONNX has no operator for are refused", async () => {
  const saved = await controllerOf(problems.order, 0.2);
  expect(controllerModes(saved.tree).map(({ activity }) => activity)).toEqual([
    "F[0 s, 4 s] x >= 1",
    "F[0 s, 5 s] x <= -1",
    "F[0 s, 4 s] x >= 1 and F[0 s, 5 s] x <= -1",
  ]);
  const { metadata } = importModel(exportController(saved));
  expect(JSON.parse(metadata.controller)).toMatchObject({
    states: ["x"],
    delta: 0.2,
    margin: 0.05,
    modes: [{ activity: "F[0 s, 4 s] x >= 1", from: 0, to: 4 }, { to: 5 }, { to: 4 }],
  });
  const odd = { ...problems.order, system: { ...problems.order.system, derivatives: { x: "u*atan2(1, 2 + x) + d" } } };
  const other = await controllerOf(odd, 0.2);
  expect(() => checkExport(other.problem)).toThrow(/got atan2/);
  expect(() => checkExport(readProblem({ ...problems.order, formula: "x <= 1" }))).toThrow("got one of the present");
  expect(() => exportController(other)).toThrowErrorMatchingInlineSnapshot(
    `[OrreryError: exportController: expected equations of functions that ONNX has; got atan2]`,
  );
});
