import { formatShape, type Shape, sizeOf } from "../engine/shape.ts";
import type { OrreryError } from "../errors.ts";
import { bytesPerElement, type StoredType } from "./elements.ts";
import { formatError } from "./format-error.ts";

/** The engine-readable types by their name in safetensors. */
export const safetensorsTypes: Readonly<Record<string, StoredType>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  I16: "int16",
  U16: "uint16",
  F16: "float16",
  BF16: "bfloat16",
  I32: "int32",
  U32: "uint32",
  F32: "float32",
  F64: "float64",
  I64: "int64",
  U64: "uint64",
};

/** One tensor of a safetensors file. */
export interface SafetensorsEntry {
  /** The type's name in the file, e.g. `F32`. */
  readonly type: string;
  readonly shape: Shape;
  /** Byte range within the data section. */
  readonly begin: number;
  readonly end: number;
}

/** A safetensors header: the tensors by name in the order of their bytes, and the free text that goes with them. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The largest header the reference implementation accepts, in bytes. */
export const maxHeaderBytes = 100_000_000;

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parseEntry(name: string, value: unknown, source: string): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const isShape = Array.isArray(shape) && shape.every(isCount);
  const isRange = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isCount);
  if (typeof dtype !== "string" || !isShape || !isRange) {
    throw formatError(source, {
      expected: `dtype, shape and data_offsets for tensor "${name}"`,
      got: JSON.stringify(value),
    });
  }
  const [begin, end] = offsets as number[];
  const stored = safetensorsTypes[dtype];
  const size = stored === undefined ? end - begin : sizeOf(shape) * bytesPerElement(stored);
  if (end - begin !== size) {
    throw formatError(source, {
      expected: `${size} bytes for tensor "${name}" of ${dtype} ${formatShape(shape)}`,
      got: `data_offsets ${formatShape([begin, end])}`,
    });
  }
  return { type: dtype, shape, begin, end };
}

/** The tensors must fill the data section without holes or overlaps, as the format demands. */
function checkLayout(
  entries: readonly (readonly [string, SafetensorsEntry])[],
  dataBytes: number,
  source: string,
): void {
  let next = 0;
  for (const [name, { begin, end }] of entries) {
    if (begin !== next) {
      throw formatError(source, { expected: `tensor "${name}" to begin at data byte ${next}`, got: `${begin}` });
    }
    next = end;
  }
  if (next !== dataBytes) {
    throw formatError(source, {
      expected: `${next} bytes of data`,
      got: `${dataBytes}`,
      hint: dataBytes < next ? "The file was cut off: fetch it again." : undefined,
    });
  }
}

/**
 * Reads and checks the JSON header of a safetensors file that holds `dataBytes` bytes after it.
 * @throws OrreryError `format` when it is no JSON, an entry is wrong, or the tensors do not fill the data exactly.
 */
export function parseSafetensorsHeader(json: Uint8Array, dataBytes: number, source: string): SafetensorsHeader {
  const text = new TextDecoder("utf-8").decode(json);
  const problem = (cause?: unknown): OrreryError =>
    formatError(source, {
      byte: 8,
      expected: "a JSON object of tensors",
      got: JSON.stringify(text.slice(0, 40)),
      cause,
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw problem(cause);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) throw problem();
  const { __metadata__: metadata = {}, ...tensors } = parsed as Record<string, unknown>;
  const texts = Object.entries(metadata as object);
  if (!texts.every(([, value]) => typeof value === "string")) {
    throw formatError(source, { expected: "__metadata__ of strings", got: JSON.stringify(metadata) });
  }
  const entries = Object.entries(tensors)
    .map(([name, value]) => [name, parseEntry(name, value, source)] as const)
    .sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  checkLayout(entries, dataBytes, source);
  return { entries: new Map(entries), metadata: Object.fromEntries(texts) };
}
