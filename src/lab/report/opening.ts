import { formatDuration, formatQuantity, formatTime } from "../figures/quantities.ts";
import type { Headline } from "../job.ts";
import { type Html, html } from "./html.ts";
import type { ReportInput } from "./report-input.ts";

const states: Readonly<Record<ReportInput["state"], string>> = {
  running: "still running",
  done: "finished",
  failed: "failed",
  cancelled: "cancelled",
  interrupted: "interrupted",
};

/** What the run was and what came out, before everything else. */
export function opening(input: ReportInput): Html {
  const { job, state, title, outcome, error, created, seconds, id } = input;
  return html`<header class="opening">
${title !== job && html`<p class="kicker">${job}</p>`}
<h1>${title}</h1>
${outcome && html`<p class="lede">${outcome.summary}</p>`}
${error && html`<div class="notice bad"><h2>What went wrong</h2><p>${error.message}</p>${error.hint && html`<p>${error.hint}</p>`}</div>`}
<dl class="facts">
<div><dt>State</dt><dd class="state ${state}">${states[state]}</dd></div>
<div><dt>Started</dt><dd><time datetime="${created}">${formatTime(created)}</time></dd></div>
<div><dt>Took</dt><dd>${formatDuration(seconds)}</dd></div>
<div><dt>Run</dt><dd>${id}</dd></div>
</dl>
</header>
${outcome && outcome.headlines.length > 0 && headlines(outcome.headlines)}
${input.warnings.length > 0 && warnings(input.warnings)}
${outcome?.next && outcome.next.length > 0 && nextSteps(outcome.next)}`;
}

/** The number and its unit apart, so that the unit can be smaller. */
function figureOf({ value, unit, isFraction }: Headline): Html {
  const text =
    typeof value === "number" ? formatQuantity(value, { unit, isFraction }) : [value, unit].filter(Boolean).join(" ");
  const [, number, rest] = text.match(/^([−\d.,]+)\s(\S.*)$/) ?? ["", text, ""];
  return rest === "" ? html`${number}` : html`${number} <span class="unit">${rest}</span>`;
}

function headlines(items: readonly Headline[]): Html {
  const cells = items.map((item) => {
    const isWord = typeof item.value === "string" && !/^[−\d]/.test(item.value);
    return html`<div${isWord && html` class="word"`}><dt>${item.label}</dt><dd>${figureOf(item)}${item.note !== undefined && html`<small>${item.note}</small>`}</dd></div>`;
  });
  return html`<section aria-labelledby="numbers"><h2 id="numbers" class="hidden">In numbers</h2><dl class="headlines">${cells}</dl></section>`;
}

function warnings(messages: readonly string[]): Html {
  const heading = messages.length === 1 ? "A warning" : `${messages.length} warnings`;
  return html`<section class="notice" aria-labelledby="warnings"><h2 id="warnings">${heading}</h2><ul>${messages.map((text) => html`<li>${text}</li>`)}</ul></section>`;
}

function nextSteps(steps: readonly { readonly command: string; readonly why: string }[]): Html {
  const items = steps.map(({ command, why }) => html`<li><p>${why}</p>${commandLine(command)}</li>`);
  return html`<section aria-labelledby="next"><h2 id="next">What to do next</h2><ul class="steps">${items}</ul></section>`;
}

/** Something to type, with a button to copy it. */
export function commandLine(command: string): Html {
  return html`<div class="command"><pre tabindex="0" role="group" aria-label="Command"><code>${command}</code></pre><button type="button" class="copy" data-copy="${command}">Copy<span class="hidden"> ${command}</span></button></div>`;
}
