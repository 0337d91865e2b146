import type { Figure } from "../figure.ts";
import { anchorOf, figureSection } from "./figure-section.ts";
import { Html, html } from "./html.ts";
import { reportScript } from "./report-script.ts";
import { reportStyle } from "./report-style.ts";

/** A section of a report after its figures; left out where there is nothing to say. */
export type Section = readonly [anchor: string, title: string, section: Html | undefined];

/** What a report is made of. */
export interface ReportPage {
  /** The browser's title. */
  readonly title: string;
  readonly opening: Html;
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
  /** Where it is from, in a sentence. */
  readonly source: string;
}

/** The one HTML file of a report: needs nothing beside it, opens from disk, prints, is read by keyboard and screen reader. */
export function renderPage({ title, opening, figures, sections, source }: ReportPage): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Orrery">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(reportStyle)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="page">
${contents(figures, sections)}
<main id="report" tabindex="-1">
${opening}
${figures.map((figure, i) => figureSection(figure, i + 1))}
${sections.map(([, , section]) => section)}
<footer><p>${source} Everything shown here is in this file.</p></footer>
</main>
</div>
<script>${new Html(reportScript)}</script>
</body>
</html>
`;
  return page.markup;
}

function contents(figures: readonly Figure[], sections: readonly Section[]): Html | undefined {
  const entries = [
    ...figures.map((figure) => [anchorOf(figure), figure.title] as const),
    ...sections.filter(([, , section]) => section !== undefined).map(([anchor, title]) => [anchor, title] as const),
  ];
  if (entries.length < 3) return undefined;
  return html`<nav class="contents" aria-label="Contents"><p class="kicker" aria-hidden="true">Contents</p><ol>${entries.map(
    ([anchor, title]) => html`<li><a href="#${anchor}">${title}</a></li>`,
  )}</ol></nav>`;
}
