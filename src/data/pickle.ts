import type { NdArray } from "../engine/ndarray.ts";
import { formatError } from "./format-error.ts";

/** A name that a pickle refers to, e.g. `collections.OrderedDict`. It stays a name: nothing is looked up or run. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object that a pickle builds: what was called with which arguments, and the state set afterwards. */
export class PickleObject {
  readonly callee: string;
  readonly args: readonly PickleValue[];
  state: PickleValue = null;

  constructor(callee: string, args: readonly PickleValue[]) {
    this.callee = callee;
    this.args = args;
  }
}

/** What a pickle's stack can hold. Tuples are arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | NdArray
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickleObject;

/** What a file format makes of a pickle's references. */
export interface PickleHandlers {
  /** The value of calling `callee`; throws for names it does not know. */
  readonly call: (callee: string, args: readonly PickleValue[]) => PickleValue;
  /** The value that a persistent id stands for. */
  readonly persistent: (id: PickleValue) => PickleValue;
  /** The value of an object once its state is set. */
  readonly build: (object: PickleValue, state: PickleValue) => PickleValue;
}

const mark = Symbol("mark");

/** Runs a pickle's instructions (protocols 2 to 5) on plain data; see Python's `pickletools` for what each one does. */
class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #source: string;
  readonly #handlers: PickleHandlers;
  readonly #stack: (PickleValue | typeof mark)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array, handlers: PickleHandlers, source: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#handlers = handlers;
    this.#source = source;
  }

  read(): PickleValue {
    for (;;) {
      const at = this.#at;
      const opcode = this.#bytes[this.#advance(1)];
      if (opcode === 0x2e) return this.#pop();
      if (!this.#push(opcode) && !this.#combine(opcode)) {
        throw this.#error(at, `an instruction of plain data`, `opcode 0x${opcode.toString(16).padStart(2, "0")}`);
      }
    }
  }

  #error(byte: number, expected: string, got: string) {
    return formatError(this.#source, {
      byte,
      expected,
      got,
      hint: "Only numbers, text, lists, dictionaries, tensors and NumPy arrays are read: save those alone.",
    });
  }

  /** Moves on by `count` bytes and returns where they begin. */
  #advance(count: number): number {
    const begin = this.#at;
    if (begin + count > this.#bytes.length) throw this.#error(begin, `${count} more bytes`, "the end of the pickle");
    this.#at += count;
    return begin;
  }

  #take(count: number): Uint8Array {
    const begin = this.#advance(count);
    return this.#bytes.subarray(begin, begin + count);
  }

  #text(count: number): string {
    return new TextDecoder().decode(this.#take(count));
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw this.#error(this.#at, "a line", "the end of the pickle");
    return this.#text(end + 1 - this.#at).slice(0, -1);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw this.#error(this.#at, "a value on the stack", "none");
    return value;
  }

  #popList(): PickleValue[] {
    const list = this.#pop();
    if (!Array.isArray(list)) throw this.#error(this.#at, "a tuple or list", describePickled(list));
    return list;
  }

  #popToMark(): PickleValue[] {
    const begin = this.#stack.lastIndexOf(mark);
    if (begin < 0) throw this.#error(this.#at, "a mark on the stack", "none");
    return this.#stack.splice(begin).slice(1) as PickleValue[];
  }

  /** Instructions that put one value on the stack. */
  #push(opcode: number): boolean {
    const value = this.#constant(String.fromCharCode(opcode)) ?? this.#sized(opcode);
    if (value === undefined) return false;
    this.#stack.push(value === nothing ? null : value);
    return true;
  }

  #constant(opcode: string): PickleValue | typeof nothing | typeof mark | undefined {
    switch (opcode) {
      case "(":
        return mark;
      case "}":
        return new Map();
      case "]":
      case ")":
        return [];
      case "N":
        return nothing;
      case "\x88":
        return true;
      case "\x89":
        return false;
      case "K":
        return this.#bytes[this.#advance(1)];
      case "M":
        return this.#view.getUint16(this.#advance(2), true);
      case "J":
        return this.#view.getInt32(this.#advance(4), true);
      case "G":
        return this.#view.getFloat64(this.#advance(8));
      default:
        return undefined;
    }
  }

  /** Values that carry their length, references to the memo, and names. */
  #sized(opcode: number): PickleValue | undefined {
    const length1 = () => this.#bytes[this.#advance(1)];
    const length4 = () => this.#view.getUint32(this.#advance(4), true);
    switch (String.fromCharCode(opcode)) {
      case "X":
        return this.#text(length4());
      case "\x8c":
        return this.#text(length1());
      case "B":
        return this.#take(length4());
      case "C":
        return this.#take(length1());
      case "\x8a":
        return this.#long(this.#take(length1()));
      case "h":
        return this.#recall(length1());
      case "j":
        return this.#recall(length4());
      case "c":
        return new PickleGlobal(`${this.#line()}.${this.#line()}`);
      default:
        return undefined;
    }
  }

  #long(bytes: Uint8Array): number {
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
    const number = Number(BigInt.asIntN(8 * bytes.length, value));
    if (!Number.isSafeInteger(number)) throw this.#error(this.#at, "an integer below 2^53", String(number));
    return number;
  }

  #recall(index: number): PickleValue {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#error(this.#at, `a value remembered as ${index}`, "none");
    return value;
  }

  #remember(index: number): void {
    const value = this.#pop();
    this.#memo.set(index, value);
    this.#stack.push(value);
  }

  /** Instructions that use what is on the stack. */
  #combine(opcode: number): boolean {
    switch (String.fromCharCode(opcode)) {
      case "\x80":
        this.#advance(1);
        return true;
      case "\x95":
        this.#advance(8);
        return true;
      case "q":
        this.#remember(this.#bytes[this.#advance(1)]);
        return true;
      case "r":
        this.#remember(this.#view.getUint32(this.#advance(4), true));
        return true;
      case "\x94":
        this.#remember(this.#memo.size);
        return true;
      default:
        return this.#combineTuple(opcode) || this.#combineItems(opcode) || this.#combineObject(opcode);
    }
  }

  #combineTuple(opcode: number): boolean {
    const count = opcode - 0x84;
    if (count >= 1 && count <= 3) this.#stack.push(Array.from({ length: count }, () => this.#pop()).reverse());
    else if (opcode === 0x74) this.#stack.push(this.#popToMark());
    else return false;
    return true;
  }

  #combineItems(opcode: number): boolean {
    const kind = String.fromCharCode(opcode);
    if (!"aesu".includes(kind)) return false;
    const isDictionary = kind === "s" || kind === "u";
    const items =
      kind === "e" || kind === "u"
        ? this.#popToMark()
        : Array.from({ length: isDictionary ? 2 : 1 }, () => this.#pop()).reverse();
    const container = this.#pop();
    if (isDictionary && container instanceof Map) {
      for (let i = 0; i + 1 < items.length; i += 2) container.set(items[i], items[i + 1]);
    } else if (!isDictionary && Array.isArray(container)) for (const item of items) container.push(item);
    else throw this.#error(this.#at, isDictionary ? "a dictionary" : "a list", describePickled(container));
    this.#stack.push(container);
    return true;
  }

  #combineObject(opcode: number): boolean {
    switch (String.fromCharCode(opcode)) {
      case "\x93": {
        const [name, module] = [this.#pop(), this.#pop()];
        this.#stack.push(new PickleGlobal(`${String(module)}.${String(name)}`));
        return true;
      }
      case "R": {
        const args = this.#popList();
        const callee = this.#pop();
        if (!(callee instanceof PickleGlobal)) throw this.#error(this.#at, "a name to call", describePickled(callee));
        this.#stack.push(this.#handlers.call(callee.name, args));
        return true;
      }
      case "b": {
        const state = this.#pop();
        this.#stack.push(this.#build(this.#pop(), state));
        return true;
      }
      case "Q":
        this.#stack.push(this.#handlers.persistent(this.#pop()));
        return true;
      default:
        return false;
    }
  }

  /** Sets an object's state; what the memo remembers under it becomes the finished value too. */
  #build(object: PickleValue, state: PickleValue): PickleValue {
    const value = this.#handlers.build(object, state);
    for (const [index, remembered] of this.#memo) if (remembered === object) this.#memo.set(index, value);
    return value;
  }
}

/** Stands for Python's None where undefined means "another instruction". */
const nothing = Symbol("None");

/** What a pickled value is, for errors. */
export function describePickled(value: PickleValue): string {
  if (value === null) return "None";
  if (value instanceof PickleGlobal) return `the name ${value.name}`;
  if (value instanceof PickleObject) return `a ${value.callee}`;
  if (value instanceof Map) return "a dictionary";
  if (value instanceof Uint8Array) return "bytes";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === "object" ? "an array" : JSON.stringify(value);
}

/**
 * The value of a pickle of plain data. Names are handed to `handlers`; no code is ever run.
 * @throws OrreryError `format` at the first instruction that is damaged or makes anything else.
 */
export function decodePickle(bytes: Uint8Array, handlers: PickleHandlers, source = "pickle"): PickleValue {
  return new PickleReader(bytes, handlers, source).read();
}
