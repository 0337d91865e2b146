import { useMemo } from "preact/hooks";
import { formatQuantity } from "../../../lab/figures/quantities.ts";
import type { ModelGraph } from "../../api.ts";

type Node = ModelGraph["nodes"][number];

interface Placed extends Node {
  readonly x: number;
  readonly y: number;
}

const [boxWidth, boxHeight, columnGap, rowGap] = [176, 40, 24, 26];

/** Nodes in rows by the longest way from an input, side by side within a row. */
function layOut(nodes: readonly Node[]): {
  readonly placed: readonly Placed[];
  readonly edges: readonly (readonly [Placed, Placed])[];
} {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const depth = new Map<Node, number>();
  for (const node of nodes) {
    const before = node.inputs.flatMap((name) => makers.get(name) ?? []);
    depth.set(node, Math.max(0, ...before.map((other) => (depth.get(other) ?? 0) + 1)));
  }
  const taken = new Map<number, number>();
  const places = new Map<Node, Placed>();
  for (const node of nodes) {
    const row = depth.get(node) ?? 0;
    const column = taken.get(row) ?? 0;
    taken.set(row, column + 1);
    places.set(node, { ...node, x: column * (boxWidth + columnGap) + 4, y: row * (boxHeight + rowGap) + 4 });
  }
  const edges = nodes.flatMap((node) =>
    node.inputs.flatMap((name) => {
      const [from, to] = [makers.get(name), places.get(node)];
      const start = from === undefined ? undefined : places.get(from);
      return start === undefined || to === undefined ? [] : [[start, to] as const];
    }),
  );
  return { placed: [...places.values()], edges };
}

/** An ONNX model as a graph, and as a table for those who do not see it. */
export function ModelView({ model }: { readonly model: ModelGraph }) {
  const { placed, edges } = useMemo(() => layOut(model.nodes), [model]);
  const width = Math.max(boxWidth, ...placed.map(({ x }) => x + boxWidth)) + 8;
  const height = Math.max(boxHeight, ...placed.map(({ y }) => y + boxHeight)) + 8;
  const names = (values: ModelGraph["inputs"]) => values.map(({ name, type }) => `${name} ${type}`).join(", ");
  return (
    <>
      <p>
        {model.nodes.length} nodes, {formatQuantity(model.parameters)} parameters; {names(model.inputs)} →{" "}
        {names(model.outputs)}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a large graph scrolls by keys */}
      <div class="scroll" tabIndex={0} role="region" aria-label="Graph">
        <svg width={width} height={height} class="model" role="img" aria-label={`Graph of ${model.nodes.length} nodes`}>
          {edges.map(([from, to]) => (
            <path
              key={`${from.name} ${to.name}`}
              class="ink-line"
              d={`M${from.x + boxWidth / 2} ${from.y + boxHeight}C${from.x + boxWidth / 2} ${from.y + boxHeight + 18} ${to.x + boxWidth / 2} ${to.y - 18} ${to.x + boxWidth / 2} ${to.y}`}
            />
          ))}
          {placed.map(({ name, operator, parameters, shape, x, y }) => (
            <g key={name} transform={`translate(${x} ${y})`}>
              <title>{name}</title>
              <rect width={boxWidth} height={boxHeight} rx="4" class={parameters > 0 ? "orange" : "faint"} />
              <text x="8" y="16">
                {operator} {shape}
              </text>
              <text x="8" y="32" class="small">
                {parameters > 0 ? `${formatQuantity(parameters)} parameters` : name.slice(0, 28)}
              </text>
            </g>
          ))}
        </svg>
      </div>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Operator</th>
              <th scope="col">Shape</th>
              <th scope="col">Parameters</th>
            </tr>
          </thead>
          <tbody>
            {model.nodes.map(({ name, operator, shape, parameters }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{operator}</td>
                <td>{shape}</td>
                <td class="number">{formatQuantity(parameters)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
