import { anchorOf, figureSection } from "./figure-section.ts";
import { Html, html } from "./html.ts";
import { metricSection } from "./metric-section.ts";
import { opening } from "./opening.ts";
import type { ReportInput } from "./report-input.ts";
import { reportScript } from "./report-script.ts";
import { reportStyle } from "./report-style.ts";
import { artifactSection, environmentSection, optionSection } from "./run-sections.ts";

/**
 * A run's report as one HTML file that needs nothing beside it: opens from disk, prints, is read by keyboard and screen reader, light or dark
 * as its reader prefers. The same input gives the same bytes.
 */
export function renderReport(input: ReportInput): string {
  const sections = [
    ["metrics", "Metrics", metricSection(input)],
    ["options", "Options", optionSection(input)],
    ["files", "Files", artifactSection(input)],
    ["environment", "Where it ran", environmentSection(input)],
  ] as const;
  const figures = input.figures.map((figure, i) => figureSection(figure, i + 1));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Orrery">
<title>${input.title === input.job ? input.id : input.title} · ${input.job}</title>
<link rel="icon" href="data:,">
<style>${new Html(reportStyle)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
<div class="page">
${contents(input, sections)}
<main id="report" tabindex="-1">
${opening(input)}
${figures}
${sections.map(([, , section]) => section)}
<footer><p>Written by Orrery from the run’s folder. Everything shown here is in this file.</p></footer>
</main>
</div>
<script>${new Html(reportScript)}</script>
</body>
</html>
`;
  return page.markup;
}

function contents(
  { figures }: ReportInput,
  sections: readonly (readonly [anchor: string, title: string, section: Html | undefined])[],
): Html | undefined {
  const entries = [
    ...figures.map((figure) => [anchorOf(figure), figure.title] as const),
    ...sections.filter(([, , section]) => section !== undefined).map(([anchor, title]) => [anchor, title] as const),
  ];
  if (entries.length < 3) return undefined;
  return html`<nav class="contents" aria-label="Contents"><p class="kicker" aria-hidden="true">Contents</p><ol>${entries.map(
    ([anchor, title]) => html`<li><a href="#${anchor}">${title}</a></li>`,
  )}</ol></nav>`;
}
