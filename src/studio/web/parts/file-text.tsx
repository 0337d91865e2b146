import type { FileProblem } from "../../../lab/index.ts";
import type { PreviewContent } from "../../api.ts";

/** One problem: where, what, and what to do about it. */
export function FileProblemView({ problem }: { readonly problem: FileProblem }) {
  const { line, column, message, hint } = problem;
  const place = line === undefined ? "" : `${line}${column === undefined ? "" : `:${column}`} `;
  return (
    <p class="problem">
      {place}
      {message}
      {hint !== undefined && <span class="muted"> {hint}</span>}
    </p>
  );
}

/** A sign under the place in a line, with what is wrong there. */
function Mark({ problem, text }: { readonly problem: FileProblem; readonly text: string }) {
  const { column, message } = problem;
  // Tabs stay tabs, so that the sign stands where the letter does.
  const indent = text.slice(0, Math.max(0, (column ?? 1) - 1)).replace(/[^\t]/g, " ");
  return (
    <span class="problem">
      {`${indent}^ ${message}`}
      {"\n"}
    </span>
  );
}

/** A text with its line numbers, and each problem beneath its place. */
export function FileText({
  preview,
  problems,
}: {
  readonly preview: Extract<PreviewContent, { kind: "text" }>;
  readonly problems: readonly FileProblem[];
}) {
  const { text, firstLine, isPart } = preview;
  const lines = text.split(/\r?\n/);
  const width = String(firstLine + lines.length).length;
  const at = new Map<number, FileProblem[]>();
  for (const problem of problems)
    if (problem.line !== undefined) at.set(problem.line, [...(at.get(problem.line) ?? []), problem]);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls by keys */}
      <pre class="text" tabIndex={0} role="region" aria-label="Text of the file">
        {lines.map((line, i) => (
          <span key={String(i)} class={at.has(firstLine + i) ? "line wrong" : "line"}>
            <span class="number" aria-hidden="true">
              {String(firstLine + i).padStart(width)}{" "}
            </span>
            {line}
            {"\n"}
            {at.get(firstLine + i)?.map((problem) => (
              <span key={problem.message}>
                <span aria-hidden="true">{" ".repeat(width + 1)}</span>
                <Mark problem={problem} text={line} />
              </span>
            ))}
          </span>
        ))}
      </pre>
      {isPart && <p class="muted">A part of the file.</p>}
    </>
  );
}
