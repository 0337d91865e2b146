import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { NdArray } from "../engine/ndarray.ts";
import { dataPath } from "./data-path.ts";
import { readBytes } from "./file.ts";
import { decodePt, readPt } from "./pt.ts";

/** A `.pt` file with this pickle, Latin-1, and these storages. */
function ptFile(pickle: string, storages: Record<string, Uint8Array> = {}): Uint8Array {
  const bytes = Uint8Array.from(pickle, (letter) => letter.charCodeAt(0));
  const data = Object.entries(storages).map(([name, content]) => [`m/data/${name}`, content]);
  return zipSync({ "m/data.pkl": bytes, ...Object.fromEntries(data), "m/version": strToU8("3\n") }, { level: 0 });
}

const text = (s: string) => `X${String.fromCharCode(s.length)}\0\0\0${s}`;
const tensor = (storage: string, count: number, offset: number, size: string, stride: string) =>
  `ctorch._utils\n_rebuild_tensor_v2\n((${text("storage")}ctorch\n${storage}\n${text("0")}${text("cpu")}K${String.fromCharCode(count)}tQK${String.fromCharCode(offset)}${size}${stride}\x89ccollections\nOrderedDict\n)RtR`;
const pair = (a: number, b: number) => `K${String.fromCharCode(a)}K${String.fromCharCode(b)}\x86`;

describe("a .pt file", () => {
  it("with NumPy arrays gives the arrays by name", async () => {
    const labels = (await readPt(dataPath("labels", "CIFAR-10_human.pt"))) as Record<string, NdArray<"int64">>;
    expect(Object.keys(labels).sort()).toEqual(
      ["aggre_label", "clean_label", "random_label1", "random_label2", "random_label3", "worse_label"].sort(),
    );
    const packed = await readBytes(dataPath("labels", "cifar10n-labels-50000x6.u8"));
    const columns = ["clean_label", "aggre_label", "random_label1", "random_label2", "random_label3", "worse_label"];
    columns.forEach((name, c) => {
      expect(labels[name].dtype).toBe("int64");
      expect(labels[name].data.every((label, i) => Number(label) === packed[6 * i + c])).toBe(true);
    });
  });

  it("with lists beside the arrays gives both", async () => {
    const file = (await readPt(dataPath("labels", "CIFAR-100_human.pt"))) as Record<string, NdArray & number[]>;
    const packed = await readBytes(dataPath("labels", "cifar100n-labels-50000x2.u8"));
    expect(Array.from(file.noisy_label.data, Number)).toEqual(
      Array.from({ length: 50_000 }, (_, i) => packed[2 * i + 1]),
    );
    expect(file.clean_coarse_label).toHaveLength(50_000);
  });

  it("with one tensor gives it", async () => {
    const labels = (await readPt(dataPath("labels", "IDN_0.4_C10.pt"))) as NdArray;
    expect([labels.dtype, labels.shape]).toEqual(["int64", [50_000]]);
    expect(Math.max(...Array.from(labels.data, Number))).toBe(9);
  });

  it("with a list of numbers gives the numbers", async () => {
    const latencies = (await readPt(dataPath("latency", "pt-samples", "fpga.pt"))) as number[];
    expect(latencies.slice(0, 3)).toEqual([2.57296, 5.31536, 5.28656]);
    expect(latencies).toHaveLength(15_625);
    expect(await readPt(dataPath("latency", "pt-samples", "raspi4.pt"))).toHaveLength(5_000);
  });

  it("gives a transposed view of a storage in row-major order", () => {
    const storage = new Uint8Array(Float32Array.of(9, 1, 2, 3, 4, 5, 6).buffer);
    const file = ptFile(`\x80\x02${tensor("FloatStorage", 7, 1, pair(3, 2), pair(1, 3))}.`, { 0: storage });
    expect(decodePt(file)).toEqual(new NdArray(Float32Array.of(1, 4, 2, 5, 3, 6), [3, 2]));
  });

  it("is refused when it would run code, and the code is named", () => {
    const pickle = `\x80\x02cos\nsystem\n${text("rm -rf /")}\x85R.`;
    expect(() => decodePt(ptFile(pickle), "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: expected tensors, NumPy arrays, numbers, text, lists and dictionaries; got an object made by os.system, which is not run]`,
    );
    expect(() => decodePt(ptFile("\x80\x02cos\nsystem\n."), "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: expected tensors, NumPy arrays, numbers, text, lists and dictionaries; got the name os.system]`,
    );
    expect(() => decodePt(ptFile("\x80\x02i."), "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: data.pkl at byte 2: expected an instruction of plain data; got opcode 0x69]`,
    );
  });

  it("is refused when it is damaged", () => {
    const short = ptFile(`\x80\x02${tensor("LongStorage", 2, 0, pair(2, 2), pair(2, 1))}.`, { 0: new Uint8Array(16) });
    expect(() => decodePt(short, "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: expected a storage of at least 4 elements for a tensor of shape [2, 2]; got 2]`,
    );
    expect(() => decodePt(ptFile("\x80\x02]"), "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: data.pkl at byte 3: expected 1 more bytes; got the end of the pickle]`,
    );
    const endless = ptFile("\x80\x02]q\x00h\x00a.");
    expect(() => decodePt(endless, "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: expected at most 100 levels of lists and dictionaries; got a list of 1]`,
    );
    expect(() => decodePt(Uint8Array.of(0x80, 2), "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: expected a zip archive as torch.save writes it; got a bare pickle]`,
    );
    const flipped = ptFile(`\x80\x02${text("whole")}.`);
    flipped[flipped.findIndex((byte, i) => byte === 0x77 && flipped[i + 1] === 0x68)] = 0x57;
    expect(() => decodePt(flipped, "model.pt")).toThrowErrorMatchingInlineSnapshot(
      `[OrreryError: model.pt: data.pkl: expected data with CRC-32 3ec04ce6; got 396c49d0]`,
    );
  });
});
