// Measures the real noisy labels of CIFAR-10N and CIFAR-100N and writes the numbers that guide realistic noise.
// Needs the test data (ORRERY_DATA). Run: node --import tsx scripts/make-label-guides.ts && npx biome format --write src/instruments/labels/noise/guides
import { writeFile } from "node:fs/promises";
import { cifar10Classes, dataPath, readBytes } from "../src/data/index.ts";
import { key, NdArray } from "../src/engine/index.ts";
import { cifar100Classes } from "../src/instruments/labels/noise/flip-tables.ts";
import { labelGeometry } from "../src/instruments/labels/noise/geometry.ts";
import { type NoiseStatistics, noiseStatistics } from "../src/instruments/labels/noise/statistics.ts";

const folder = new URL("../src/instruments/labels/noise/guides/", import.meta.url);

const terms =
  "Counts and averages derived from the human labels of Wei et al., Learning with Noisy Labels Revisited, ICLR 2022 (labels: CC BY-NC 4.0)";

function columnsOf(bytes: Uint8Array, width: number): Int32Array[] {
  return Array.from({ length: width }, (_, c) =>
    Int32Array.from({ length: bytes.length / width }, (_row, n) => bytes[n * width + c]),
  );
}

const rounded = (value: number | null | undefined) => (value == null ? null : Number(value.toFixed(5)));

function stored(statistics: NoiseStatistics) {
  return {
    counts: statistics.counts.map((row) => row.join(" ")),
    concentration: rounded(statistics.concentration?.pooled),
    margin: rounded(statistics.margin?.pooled),
    clusterRatio: rounded(statistics.clusterTest?.ratio),
  };
}

async function write(file: string, name: string, content: object): Promise<void> {
  const text = [
    "// Made by scripts/make-label-guides.ts: numbers only, no labels or features of single examples.",
    'import type { StoredGuides } from "../guide.ts";',
    "",
    `export const ${name}: StoredGuides = ${JSON.stringify(content, null, 2)};`,
    "",
  ];
  await writeFile(new URL(file, folder), text.join("\n"));
}

async function cifar10(): Promise<void> {
  const bytes = await readBytes(dataPath("labels", "cifar10n-labels-50000x6.u8"));
  const [clean, aggre, rand1, rand2, rand3, worst] = columnsOf(bytes, 6);
  const scale = new Float32Array(
    Uint8Array.from(await readBytes(dataPath("images", "cifar10-feat128-scale.f32"))).buffer,
  );
  const codes = new Int8Array(
    Uint8Array.from(await readBytes(dataPath("images", "cifar10-feat128-train50000.i8"))).buffer,
  );
  const features = new NdArray(
    Float32Array.from(codes, (code, i) => code * scale[i % 128]),
    [50_000, 128],
  );
  const geometry = await labelGeometry(clean, features, 10, { key: key(0) });
  const labellings: Record<string, ReturnType<typeof stored>> = {};
  const annotators = [rand1, rand2, rand3];
  const shared = { clean, classNames: cifar10Classes, geometry };
  for (const [name, labels] of Object.entries({ aggre, rand1, rand2, rand3, worst })) {
    labellings[name] = stored(await noiseStatistics({ ...shared, labels }));
  }
  const { agreement } = await noiseStatistics({ ...shared, labels: rand1, annotators });
  await write("cifar10n.ts", "cifar10Guides", {
    source: `CIFAR-10N. ${terms}. Concentration and margin: unsupervised 128-d patch features.`,
    classNames: cifar10Classes,
    agreement,
    labellings,
  });
}

async function cifar100(): Promise<void> {
  const [clean, labels] = columnsOf(await readBytes(dataPath("labels", "cifar100n-labels-50000x2.u8")), 2);
  const statistics = await noiseStatistics({ labels, clean, classNames: cifar100Classes });
  await write("cifar100n.ts", "cifar100Guides", {
    source: `CIFAR-100N. ${terms}.`,
    classNames: cifar100Classes,
    agreement: null,
    labellings: { noisy: stored(statistics) },
  });
}

await cifar10();
await cifar100();
