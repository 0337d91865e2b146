import { formatQuantity } from "../figures/quantities.ts";
import { type Html, html } from "./html.ts";
import { commandLine } from "./opening.ts";
import type { ReportInput, ReportOption } from "./report-input.ts";

/** What the run was made with: options that were chosen, then those left at their defaults. */
export function optionSection({ options, command }: ReportInput): Html | undefined {
  if (options.length === 0) return undefined;
  const chosen = options.filter(({ origin }) => origin !== "default");
  const rest = options.filter(({ origin }) => origin === "default");
  const count = `${rest.length} ${chosen.length === 0 ? "" : "more "}${rest.length === 1 ? "option" : "options"} at ${rest.length === 1 ? "its default" : "their defaults"}`;
  return html`<section aria-labelledby="options"><h2 id="options">Options</h2>
${chosen.length > 0 && optionTable(chosen, "Options that were chosen")}
${rest.length > 0 && html`<details${chosen.length === 0 && html` open`}><summary>${count}</summary>${optionTable(rest, "Options at their defaults")}</details>`}
${command !== undefined && html`<h3>The same run again</h3>${commandLine(command)}`}
</section>`;
}

function optionTable(options: readonly ReportOption[], label: string): Html {
  const lines = options.map(
    ({ name, value, unit, origin, description }) =>
      html`<tr><th scope="row"><code>${name}</code>${description !== undefined && html`<small>${description}</small>`}</th><td class="value">${shownValue(value, unit)}</td><td class="muted">${origin}</td></tr>`,
  );
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table class="options"><thead><tr><th scope="col">Option</th><th scope="col">Value</th><th scope="col">From</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function shownValue(value: unknown, unit?: string): string | Html {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number")
    return Number.isInteger(value) && unit === undefined ? String(value) : formatQuantity(value, { unit, digits: 6 });
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return value.length === 0 ? "none" : value.join(", ");
  return html`<code>${JSON.stringify(value)}</code>`;
}

/** The files that the run made, beside the report. */
export function artifactSection({ artifacts }: ReportInput): Html | undefined {
  if (artifacts.length === 0) return undefined;
  const lines = artifacts.map(
    ({ name, href, description, bytes }) =>
      html`<tr><th scope="row"><a href="${href}">${name}</a></th><td>${description}</td><td class="number">${formatQuantity(bytes, { unit: "B" })}</td></tr>`,
  );
  return html`<section aria-labelledby="files"><h2 id="files">Files</h2><div class="scroll" role="group" aria-label="Files that the run made" tabindex="0"><table><thead><tr><th scope="col">File</th><th scope="col">What it is</th><th scope="col" class="number">Size</th></tr></thead><tbody>${lines}</tbody></table></div></section>`;
}

/** Where the run took place. */
export function environmentSection({ environment }: ReportInput): Html | undefined {
  if (environment.length === 0) return undefined;
  const items = environment.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`);
  return html`<section aria-labelledby="environment"><h2 id="environment">Where it ran</h2><dl class="facts">${items}</dl></section>`;
}
