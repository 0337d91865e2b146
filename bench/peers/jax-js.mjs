/**
 * The jax-js side of the engine's speed table, where it runs in Node: `mlp-sgd` of workloads.md as one jitted step on WebAssembly.
 * Prints the times of the steps after warming up as JSON, in milliseconds.
 */
import { defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";

await init("wasm");
defaultDevice("wasm");

const [batch, classes, rate, warmUpSteps, steps] = [128, 10, 0.05, 5, 25];
const shapes = [[784, 512], [512], [512, 512], [512], [512, classes], [classes]];
const wave = (shape, frequency) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const scale = shape.length > 1 ? 0.05 : 0;
  return np.array(Float32Array.from({ length: size }, (_, i) => Math.sin(i * frequency + 1) * scale)).reshape(shape);
};
const isLabel = (k) => k % classes === Math.floor(k / classes) % classes;
const x = wave([batch, 784], 0.7);
const y = np
  .array(Float32Array.from({ length: batch * classes }, (_, k) => (isLabel(k) ? 1 : 0)))
  .reshape([batch, classes]);

// Values are counted by reference: one that is used again is passed as its `.ref`.
const loss = ([w1, b1, w2, b2, w3, b3], inputs, targets) => {
  const first = nn.relu(np.dot(inputs, w1).add(b1));
  const second = nn.relu(np.dot(first, w2).add(b2));
  return nn
    .logSoftmax(np.dot(second, w3).add(b3))
    .mul(targets)
    .sum()
    .mul(-1 / batch);
};
const withGradients = valueAndGrad(loss);
const step = jit((params, inputs, targets) => {
  const [value, slopes] = withGradients(
    params.map((w) => w.ref),
    inputs,
    targets,
  );
  return [value, params.map((w, i) => w.sub(slopes[i].mul(rate)))];
});

let params = shapes.map((shape, i) => wave(shape, i + 1.3));
const times = [];
for (let i = 0; i < warmUpSteps + steps; i++) {
  const start = performance.now();
  const [value, next] = step(params, x.ref, y.ref);
  await value.jsAsync();
  params = next;
  if (i >= warmUpSteps) times.push(performance.now() - start);
}
console.log(JSON.stringify({ times }));
