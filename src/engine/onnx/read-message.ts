import { OrreryError } from "../../errors.ts";
import { type Field, type Message, type MessageName, type MessageTable, messageTables } from "./schema.ts";

/** Deeper than any sane nesting of subgraphs, shallower than the call stack. */
const maxDepth = 200;
const textDecoder = new TextDecoder("utf-8", { fatal: true });

/** The text of the UTF-8 bytes in [start, end), or undefined if they are none. Short ASCII, nearly all there is, needs no view of them. */
function utf8Text(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start < 64) {
    let text = "";
    let i = start;
    for (; i < end && bytes[i] < 128; i++) text += String.fromCharCode(bytes[i]);
    if (i === end) return text;
  }
  try {
    return textDecoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Reads protobuf from one buffer, and knows what it reads for the sake of its errors. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;
  #limit: number;
  #depth = 0;
  #table: MessageTable | undefined;
  /** Number of the field that is being read in `#table`, 0 for a tag. */
  #number = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limit = bytes.length;
  }

  /** The message that extends to the current limit. */
  message(table: MessageTable): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    while (this.#position < this.#limit) {
      this.#table = table;
      this.#number = 0;
      const tag = this.#varint();
      if (tag > 0xffffffff || tag < 8) this.#malformed(`a field tag of ${tag}`);
      this.#number = tag >>> 3;
      const field = table.byNumber[this.#number];
      if (field === undefined) this.#skip(tag & 7);
      else this.#field(field, tag & 7, values);
    }
    return values;
  }

  #field(field: Field, wireType: number, values: Record<string, unknown>): void {
    if (!field.isRepeated) {
      values[field.name] = this.#value(field, wireType);
      return;
    }
    values[field.name] ??= [];
    const list = values[field.name] as unknown[];
    if (wireType !== 2 || field.wireType === 2) {
      list.push(this.#value(field, wireType));
      return;
    }
    const outer = this.#enter();
    while (this.#position < this.#limit) list.push(this.#value(field, field.wireType));
    this.#limit = outer;
  }

  #value(field: Field, wireType: number): unknown {
    if (wireType !== field.wireType) this.#malformed(`wire type ${wireType} where ${field.wireType} is expected`);
    switch (field.kind) {
      case "int":
        return this.#int();
      case "bigint":
        return BigInt.asIntN(64, this.#bigVarint());
      case "float":
        return this.#view.getFloat32(this.#advance(4), true);
      case "double":
        return this.#view.getFloat64(this.#advance(8), true);
      case "bytes":
        return this.#lengthDelimited();
      case "text":
        return this.#text();
      case "string": {
        const text = this.#text();
        return typeof text === "string" ? text : this.#malformed("text that is not UTF-8");
      }
      case "message":
        return this.#nested(field.message!);
    }
  }

  #nested(table: MessageTable): Record<string, unknown> {
    if (++this.#depth > maxDepth) this.#malformed(`messages nested deeper than ${maxDepth}`);
    const outer = this.#enter();
    const values = this.message(table);
    this.#limit = outer;
    this.#depth--;
    return values;
  }

  /** Narrows the limit to the length that follows; returns the limit to restore. */
  #enter(): number {
    const outer = this.#limit;
    const length = this.#length();
    this.#limit = this.#position + length;
    return outer;
  }

  #length(): number {
    const length = this.#varint();
    const left = this.#limit - this.#position;
    if (length > left) this.#malformed(`a length of ${length} bytes where ${left} are left`);
    return length;
  }

  #lengthDelimited(): Uint8Array {
    const length = this.#length();
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  #text(): string | Uint8Array {
    const length = this.#length();
    const start = this.#advance(length);
    return utf8Text(this.#bytes, start, start + length) ?? this.#bytes.subarray(start, start + length);
  }

  #skip(wireType: number): void {
    if (wireType === 0) this.#bigVarint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#lengthDelimited();
    else if (wireType === 5) this.#advance(4);
    else this.#malformed(`wire type ${wireType}`);
  }

  /** Moves over `count` bytes and returns where they begin. */
  #advance(count: number): number {
    const start = this.#position;
    if (count > this.#limit - start) this.#malformed(`an end after ${this.#limit - start} of ${count} bytes`);
    this.#position += count;
    return start;
  }

  /** An unsigned number, exact below 2^53: tags and lengths. */
  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#advance(1)];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    return this.#malformed("an integer longer than ten bytes");
  }

  #int(): number {
    const start = this.#position;
    const value = this.#varint();
    if (value < 2 ** 53) return value;
    this.#position = start;
    return Number(BigInt.asIntN(64, this.#bigVarint()));
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#advance(1)];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return this.#malformed("an integer longer than ten bytes");
  }

  #malformed(found: string): never {
    const field = this.#table?.byNumber[this.#number]?.name ?? `field ${this.#number}`;
    const where = this.#number === 0 ? `a tag of ${this.#table?.name}` : `${this.#table?.name}.${field}`;
    throw new OrreryError("format", `decodeModel: byte ${this.#position}, reading ${where}: found ${found}`, {
      hint: "The file is damaged, cut short, or no ONNX model.",
    });
  }
}

/**
 * The message that `bytes` holds. Unknown fields are skipped; repeated numbers may be packed or not; byte fields are views of `bytes`, not copies.
 * @throws OrreryError `format` with the byte offset and the field that was being read
 */
export function readMessage<M extends MessageName>(name: M, bytes: Uint8Array): Message<M> {
  return new Reader(bytes).message(messageTables[name]) as Message<M>;
}
