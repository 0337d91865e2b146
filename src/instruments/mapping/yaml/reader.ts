import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
  parseDocument,
} from "yaml";
import { OrreryError } from "../../../errors.ts";
import { nearestName } from "../../../nearest-name.ts";

/** A YAML file as text, with the name that errors mention. */
export interface YamlSource {
  readonly name: string;
  readonly text: string;
}

/**
 * Collects every problem of a set of files before stopping. Each is one line `file:line:column path: message`.
 */
export class Problems {
  readonly #lines = new Set<string>();

  add(line: string): void {
    this.#lines.add(line);
  }

  get count(): number {
    return this.#lines.size;
  }

  /** @throws OrreryError `format` with all problems, one a line, when there are any. */
  throwIfAny(): void {
    if (this.#lines.size === 0) return;
    throw new OrreryError("format", [...this.#lines].join("\n"));
  }
}

/**
 * A value inside a YAML file that knows where it stands. Readers return a fallback after noting a problem, so that one
 * pass finds all of them.
 */
export class YamlValue {
  constructor(
    readonly file: string,
    readonly path: string,
    readonly node: Node | null,
    readonly lines: LineCounter,
    readonly problems: Problems,
    readonly parentOffset = 0,
  ) {}

  /** Parses a file. @throws OrreryError `format` on a syntax error, with its line and column. */
  static parse(source: YamlSource, problems: Problems): YamlValue {
    const lines = new LineCounter();
    const document = parseDocument(source.text, { lineCounter: lines, uniqueKeys: true });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      const message = error.message.split("\n")[0].replace(/ at line \d+, column \d+:?$/, "");
      throw new OrreryError("format", `${source.name}:${line}:${col} ${lowerFirst(message)}`);
    }
    return new YamlValue(source.name, "", document.contents as ParsedNode | null, lines, problems);
  }

  /** The tag of the node without its exclamation mark, `Component` of `!Component`. */
  get tag(): string | undefined {
    return this.node?.tag?.replace(/^!/, "");
  }

  get isNull(): boolean {
    return this.node === null || (isScalar(this.node) && this.node.value === null);
  }

  /** What stands here when it is no map and no list. */
  get scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined;
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  /** Notes a problem here. */
  fail(message: string): void {
    const offset = this.node?.range?.[0] ?? this.parentOffset;
    const { line, col } = this.lines.linePos(offset);
    const path = this.path === "" ? "" : ` ${this.path}:`;
    this.problems.add(`${this.file}:${line}:${col}${path} ${message}`);
  }

  /** The fields of a map. Keys outside `known` are problems with a suggestion; no `known` admits any key. */
  fields(known?: readonly string[]): Map<string, YamlValue> {
    const found = new Map<string, YamlValue>();
    if (!isMap(this.node)) {
      this.fail(`expected a map; got ${this.show()}`);
      return found;
    }
    for (const pair of this.node.items as Pair<ParsedNode, ParsedNode | null>[]) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const value = this.child(pair.value, this.path === "" ? key : `${this.path}.${key}`, pair.key.range?.[0]);
      const name = known === undefined ? key : matchKey(key, known);
      if (name === undefined) this.child(pair.key, value.path).fail(unknownKey(key, known!));
      else found.set(name, value);
    }
    return found;
  }

  /** The items of a list. */
  items(): YamlValue[] {
    if (!isSeq(this.node)) {
      this.fail(`expected a list; got ${this.show()}`);
      return [];
    }
    return (this.node.items as (ParsedNode | null)[]).map((item, i) => this.child(item, `${this.path}[${i}]`));
  }

  string(): string {
    if (isScalar(this.node) && (typeof this.node.value === "string" || typeof this.node.value === "number")) {
      return String(this.node.value);
    }
    this.fail(`expected a name; got ${this.show()}`);
    return "";
  }

  boolean(): boolean {
    if (isScalar(this.node) && typeof this.node.value === "boolean") return this.node.value;
    this.fail(`expected true or false; got ${this.show()}`);
    return false;
  }

  number(isAllowed: (n: number) => boolean = () => true, expected = "a number"): number {
    const value = isScalar(this.node) ? this.node.value : undefined;
    const n = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    if (typeof n === "number" && !Number.isNaN(n) && isAllowed(n)) return n;
    this.fail(`expected ${expected}; got ${this.show()}`);
    return 1;
  }

  positive(): number {
    return this.number((n) => n > 0, "a positive number");
  }

  positiveInteger(): number {
    return this.number((n) => Number.isSafeInteger(n) && n > 0, "a positive integer");
  }

  /** One of the given words, any case. */
  choice<T extends string>(words: readonly T[]): T {
    const got = this.string();
    const found = words.find((w) => w.toLowerCase() === got.toLowerCase());
    if (found === undefined) {
      const suggestion = nearestName(got, words);
      const list = words.map((w) => `"${w}"`).join(", ");
      this.fail(
        `expected one of ${list}; got "${got}"${suggestion === undefined ? "" : `. Did you mean "${suggestion}"?`}`,
      );
    }
    return found ?? words[0];
  }

  /** A list of names, or a string of names separated by commas or spaces. */
  names(): string[] {
    if (this.isList) return this.items().map((item) => item.string());
    return this.string()
      .split(/[\s,]+/)
      .filter((n) => n !== "");
  }

  /** What stands here, short enough for a message. */
  show(): string {
    if (this.isNull) return "nothing";
    if (isMap(this.node)) return "a map";
    if (isSeq(this.node)) return "a list";
    if (isAlias(this.node)) return `an alias *${this.node.source}`;
    return JSON.stringify(isScalar(this.node) ? this.node.value : String(this.node));
  }

  private child(node: Node | null, path: string, parentOffset = this.node?.range?.[0] ?? 0): YamlValue {
    return new YamlValue(this.file, path, node, this.lines, this.problems, parentOffset);
  }
}

/** `", did you mean …"` or the list of what is known. */
export function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = nearestName(key, known);
  return `unknown key ${key}. ${suggestion === undefined ? `Known are ${known.join(", ")}` : `Did you mean ${suggestion}?`}`;
}

/** Timeloop writes one key with `-` in version 0.3 and with `_` in 0.4: both are the same here. */
function matchKey(key: string, known: readonly string[]): string | undefined {
  const plain = key.replaceAll("-", "_");
  return known.find((k) => k === key || k.replaceAll("-", "_") === plain);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
