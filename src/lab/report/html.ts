import { escapeText } from "../figures/svg-text.ts";

/** Markup that is put into other markup as it is. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | undefined | false | readonly (Html | string | undefined | false)[];

/** A number and its sign of per cent stay on one line. */
const unbroken = (text: string) => text.replace(/(\d) %/g, "$1\u00a0%");

function markupOf(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.markup;
  return typeof part === "object" ? part.map(markupOf).join("\n") : escapeText(unbroken(String(part)));
}

/** Markup in which everything that is put in is escaped, but for markup itself; lists are joined, `undefined` and `false` are nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.map((text, i) => (i === 0 ? text : markupOf(parts[i - 1]) + text)).join(""));
}

/** Data for scripts of the page: JSON that cannot end its element. */
export function jsonData(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
