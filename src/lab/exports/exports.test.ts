import { describe, expect, it } from "vitest";
import { toCsv } from "./csv.ts";
import type { ExportedRun } from "./exported-run.ts";
import { toMlflow } from "./mlflow.ts";
import { maskedCrc32c, toTensorBoard } from "./tensorboard.ts";

const run: ExportedRun = {
  ...{
    id: "labels-train-1",
    job: "labels train",
    name: "first, try",
    created: "2026-01-02T03:04:05.000Z",
    state: "done",
  },
  options: { method: "elr", rate: 0.3, "network.hidden": [128, 128] },
  tags: ["kept"],
  points: [
    { step: 1, values: { loss: 0.5 } },
    { step: 1, values: { "elr/accuracy": 0.25 } },
    { step: 300, values: { loss: Number.NaN } },
  ],
};

/** Fields of a protobuf message: number and bytes or number; written apart from the encoder. */
function fields(bytes: Buffer): [number, Buffer | number][] {
  const found: [number, Buffer | number][] = [];
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, kind] = [tag >> 3, tag & 7];
    if (kind === 0) found.push([number, varint()]);
    else {
      const length = kind === 1 ? 8 : kind === 5 ? 4 : varint();
      const value = bytes.subarray(at, at + length);
      found.push([number, kind === 1 ? value.readDoubleLE() : kind === 5 ? value.readFloatLE() : value]);
      at += length;
    }
  }
  return found;
}

describe("exports", () => {
  it("as csv have a row for each step and a column for each metric", () => {
    const [metrics, options] = toCsv(run);
    expect(metrics.content).toBe("step,loss,elr/accuracy\n1,0.5,0.25\n300,NA,NA\n");
    expect(options.content).toContain('network.hidden,"[128,128]"');
  });

  it("as TensorBoard events are records with right checksums that decode to the metrics", () => {
    // Known value of CRC-32C: "123456789" gives e3069283.
    const crc = 0xe3069283;
    expect(maskedCrc32c(Buffer.from("123456789"))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
    const [file] = toTensorBoard(run);
    const bytes = file.content as Buffer;
    const events: [number, Buffer | number][][] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)));
      const data = bytes.subarray(at + 12, at + 12 + length);
      expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data));
      events.push(fields(data));
      at += 16 + length;
    }
    expect(events.length).toBe(4);
    expect(String(events[0].find(([number]) => number === 3)?.[1])).toBe("brain.Event:2");
    const decoded = events.slice(1).map((event) => {
      const summary = fields(event.find(([number]) => number === 5)?.[1] as Buffer);
      const value = Object.fromEntries(fields(summary[0][1] as Buffer));
      return { step: event.find(([number]) => number === 2)?.[1], tag: String(value[1]), value: value[2] };
    });
    expect(decoded).toEqual([
      { step: 1, tag: "loss", value: 0.5 },
      { step: 1, tag: "elr/accuracy", value: 0.25 },
      { step: 300, tag: "loss", value: Number.NaN },
    ]);
  });

  it("as MLflow's layout have metrics, parameters and tags as files", () => {
    const files = new Map(
      toMlflow(run).map(({ path, content }) => [path.replace(/^mlruns\/\d+\/([0-9a-f]{32}\/)?/, ""), content]),
    );
    const begun = Date.parse(run.created);
    expect(files.get("metrics/loss")).toBe(`${begun + 1} 0.5 1\n${begun + 300} NaN 300\n`);
    expect(files.get("params/rate")).toBe("0.3");
    expect(files.get("tags/mlflow.runName")).toBe("first, try");
    expect(files.get("meta.yaml")).toContain("status: 3");
    expect(files.get("meta.yaml")).toMatch(/artifact_uri: mlruns\/\d+\/[0-9a-f]{32}\/artifacts/);
    expect(JSON.parse(String(files.get("artifacts/options.json")))).toEqual(run.options);
  });

  it("as MLflow's layout have all folders that MLflow asks of a run, even one that measured nothing", () => {
    const paths = toMlflow({ ...run, points: [], options: {} }).map(({ path }) => path.split("/").slice(3).join("/"));
    expect(paths).toEqual(
      expect.arrayContaining(["meta.yaml", "metrics/measurements", "params/job", "artifacts/options.json"]),
    );
  });
});
