import type { Figure, Row } from "../../../lab/index.ts";
import type { Verification } from "../verify.ts";

/** Every value that differs from its reference run, or what was compared when none does. */
export function verificationFigure({ cases, passed, failed }: Verification): Figure {
  const compared = cases.reduce((sum, c) => sum + c.compared, 0);
  const rows: Row[] = cases.flatMap((c) =>
    c.disagreements.map((d) => ({ case: c.id, line: c.line, value: d.what, expected: d.expected, got: d.got })),
  );
  const agreed: Row[] = cases.map((c) => ({ case: c.id, line: c.line, compared: c.compared }));
  const isEmpty = cases.length === 0;
  return {
    name: "verification",
    title: rows.length === 0 ? "What was compared" : "Where the model and the reference differ",
    summary: `${passed} of ${cases.length} runs agree in all values; ${failed} do not. ${compared.toLocaleString("en-US")} values were compared: integers exactly, energies to 0.01 %.`,
    drawing: { kind: "table" },
    table: {
      rows: rows.length > 0 ? rows.slice(0, 5000) : isEmpty ? [{ case: "none", compared: 0 }] : agreed.slice(0, 5000),
    },
  };
}
