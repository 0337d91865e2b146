import { metricSection } from "./metric-section.ts";
import { opening } from "./opening.ts";
import { renderPage } from "./page.ts";
import type { ReportInput } from "./report-input.ts";
import { artifactSection, environmentSection, optionSection } from "./run-sections.ts";

/**
 * A run's report as one HTML file that needs nothing beside it: opens from disk, prints, is read by keyboard and screen reader, light or dark
 * as its reader prefers. The same input gives the same bytes.
 */
export function renderReport(input: ReportInput): string {
  return renderPage({
    title: `${input.title === input.job ? input.id : input.title} · ${input.job}`,
    opening: opening(input),
    figures: input.figures,
    sections: [
      ["metrics", "Metrics", metricSection(input)],
      ["options", "Options", optionSection(input)],
      ["files", "Files", artifactSection(input)],
      ["environment", "Where it ran", environmentSection(input)],
    ],
    source: "Written by Orrery from the run’s folder.",
  });
}
