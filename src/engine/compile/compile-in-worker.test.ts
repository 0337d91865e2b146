import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { add, compile, matmul, ndarray, type Tensor } from "../index.ts";

/** What lets a worker import TypeScript, as a module (its CommonJS twin cannot be loaded there). */
const loader = new URL("../../../node_modules/tsx/dist/esm/api/index.mjs", import.meta.url).href;

const source = (index: string) => `
  const { parentPort, workerData } = require("node:worker_threads");
  import(${JSON.stringify(loader)}).then(async ({ register }) => {
    register();
    const { compile, add, matmul, NdArray } = await import(${JSON.stringify(index)});
    const run = compile((x, w) => add(matmul(x, w), 1));
    const array = ({ data, shape }) => new NdArray(data, shape);
    for (let k = 0; k < 3; k++) parentPort.postMessage((await run(array(workerData.x), array(workerData.w))).data);
    await run.release();
  });
`;

describe("compile in worker threads", () => {
  it("gives in two workers at once what it gives in the main thread", async () => {
    const [x, w] = [
      ndarray([
        [1, 2],
        [3, 4],
      ]),
      ndarray([
        [1, 0.5],
        [2, -1],
      ]),
    ];
    const here = compile((a: Tensor, b: Tensor) => add(matmul(a, b), 1));
    const expected = (await here(x, w)).data;
    await here.release();
    const index = new URL("../index.ts", import.meta.url).href;
    const inWorker = () =>
      new Promise<unknown[]>((resolve, reject) => {
        const plain = ({ data, shape }: typeof x) => ({ data, shape });
        const workerData = { x: plain(x), w: plain(w) };
        const worker = new Worker(source(index), { eval: true, workerData });
        const messages: unknown[] = [];
        worker.on("message", (message) => messages.push(message));
        worker.on("error", reject);
        worker.on("exit", () => resolve(messages));
      });
    for (const messages of await Promise.all([inWorker(), inWorker()])) {
      expect(messages).toEqual([expected, expected, expected]);
    }
  });
});
