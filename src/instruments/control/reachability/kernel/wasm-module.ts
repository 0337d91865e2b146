/** The WebAssembly types that kernels use. */
export type ValueType = "i32" | "f32" | "f64" | "v128";

const typeCode: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** An unsigned integer in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? byte | 0x80 : byte);
  } while (rest > 0);
  return bytes;
}

/** A signed 32-bit integer in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

/** A function of a module: its type, the types of its further locals and its instructions without the closing `end`. */
export interface FunctionCode {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly results: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly instructions: readonly number[];
}

/** The memory that a module imports as `kernel.memory`, in pages of 64 KiB. */
export interface MemoryImport {
  readonly pages: number;
  readonly isShared: boolean;
}

/**
 * The bytes of a WebAssembly module that imports one memory and exports all its functions by name, in the order given
 * (which is also their index for calls).
 */
export function encodeModule(memory: MemoryImport, functions: readonly FunctionCode[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, results }) => [0x60, ...typeVector(parameters), ...typeVector(results)]);
  const limits = [memory.isShared ? 0x03 : 0x01, ...unsigned(memory.pages), ...unsigned(memory.pages)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([[...text("kernel"), ...text("memory"), 0x02, ...limits]])),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(body))),
  ]);
}

function body({ locals, instructions }: FunctionCode): number[] {
  const groups: (readonly [count: number, type: ValueType])[] = [];
  for (const type of locals) {
    const last = groups.at(-1);
    if (last?.[1] === type) groups[groups.length - 1] = [last[0] + 1, type];
    else groups.push([1, type]);
  }
  const bytes = vector(groups.map(([count, type]) => [...unsigned(count), typeCode[type]]));
  // Not spread into one call: an instruction list may be longer than an argument list can be.
  for (const byte of instructions) bytes.push(byte);
  bytes.push(0x0b);
  return unsigned(bytes.length).concat(bytes);
}

function typeVector(types: readonly ValueType[]): number[] {
  return [...unsigned(types.length), ...types.map((type) => typeCode[type])];
}

function text(name: string): number[] {
  const bytes = new TextEncoder().encode(name);
  return [...unsigned(bytes.length), ...bytes];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return items.reduce<number[]>((all, item) => all.concat(item), unsigned(items.length));
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length)].concat(content);
}
