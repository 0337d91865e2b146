import { OrreryError } from "../../../errors.ts";
import { placeOf, type Token, tokenize } from "./tokens.ts";

/** The tokens of one formula, read from left to right. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#tokens = tokenize(text, source);
    this.#source = source;
  }

  peek(): Token {
    return this.#tokens[this.#at];
  }

  /** The token that was peeked at; the end is returned again and again. */
  next(): Token {
    const token = this.#tokens[this.#at];
    if (token.kind !== "end") this.#at++;
    return token;
  }

  expect(text: string): Token {
    const token = this.next();
    return token.text === text && token.kind === "symbol"
      ? token
      : this.fail(token, `expected ${JSON.stringify(text)}`);
  }

  /** @throws OrreryError `format` at the token; what was got is added unless the message says it. */
  fail(token: Token, message: string, hint?: string): never {
    const got = message.includes("; got ")
      ? ""
      : `; got ${token.kind === "end" ? "the end" : JSON.stringify(token.written)}`;
    throw new OrreryError(
      "format",
      `${placeOf(this.#source, token)} ${message}${got}`,
      hint === undefined ? {} : { hint },
    );
  }
}
