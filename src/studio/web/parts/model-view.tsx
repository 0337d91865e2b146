import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { formatQuantity, wordsOf } from "../../../lab/figures/quantities.ts";
import type { ModelGraph, ModelNode } from "../../api.ts";
import { formatValue } from "../state/format.ts";
import type { ModelLayout } from "./model-layout.ts";
import { ScrollBox } from "./scroll-box.tsx";
import { Select } from "./select.tsx";

const box = { width: 250, height: 44 };
/** Nodes that are drawn; more are in the table alone. */
const mostDrawn = 600;

/** How much of the darkest shade a node has, by a number that all nodes are compared by. */
function shadesOf(nodes: readonly ModelNode[], by: string): readonly number[] {
  const values = nodes.map(({ facts, parameters }) => (by === "parameters" ? parameters : facts[by]));
  const numbers = values.map((value) => (typeof value === "number" && Number.isFinite(value) ? value : 0));
  const most = numbers.reduce((a, b) => Math.max(a, b), 0);
  return numbers.map((value) => (most === 0 ? 0 : value / most));
}

function Drawing({
  layout,
  shades,
  chosen,
  choose,
}: {
  readonly layout: ModelLayout;
  readonly shades: readonly number[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const at = layout.nodes[chosen];
    frame.current?.scrollTo({ left: at.x - frame.current.clientWidth / 2, top: at.y - frame.current.clientHeight / 2 });
  }, [layout, chosen]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a large graph scrolls by keys
    <div ref={frame} class="scroll" tabIndex={0} role="region" aria-label="Graph">
      <svg
        width={layout.width}
        height={layout.height}
        class="model"
        role="img"
        aria-label={`Graph of ${layout.nodes.length} nodes; each is in the list and in the table`}
      >
        {layout.edges.map((points, i) => (
          <path key={String(i)} class="ink-line" d={`M${points.map(({ x, y }) => `${x} ${y}`).join("L")}`} />
        ))}
        {layout.nodes.map(({ node, index, x, y }) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: the list of nodes does the same by keys
          <g
            key={index}
            transform={`translate(${x - box.width / 2} ${y - box.height / 2})`}
            class={index === chosen ? "chosen" : ""}
            onClick={() => choose(index)}
          >
            <title>{node.name}</title>
            <rect {...box} rx="4" class="faint" />
            <rect {...box} rx="4" class="shade" fill-opacity={0.55 * shades[index]} />
            <text x="8" y="18">
              {node.operator} {node.shape}
            </text>
            <text x="8" y="35" class="small">
              {node.parameters > 0 ? `${formatQuantity(node.parameters)} parameters` : node.name.slice(-36)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  );
}

/** Everything that is known of one node. */
function NodeFacts({ node }: { readonly node: ModelNode }) {
  const lines: (readonly [string, string])[] = [
    ["operator", node.operator],
    ["output", node.shape === "" ? "shape not known" : node.shape],
    ...node.weights.map(({ name, type }) => [name, type] as const),
    ...Object.entries(node.attributes),
    ...Object.entries(node.facts).map(([name, value]) => [wordsOf(name), formatValue(value)] as const),
  ];
  return (
    <dl class="plan" aria-live="polite">
      {lines.map(([name, value], i) => (
        <div key={String(i)}>
          <dt class="muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function NodeTable({ model }: { readonly model: ModelGraph }) {
  return (
    <details>
      <summary>As a table</summary>
      <ScrollBox label="Nodes">
        <table>
          <thead>
            <tr>
              {["node", "operator", "shape", "parameters", ...model.facts].map((name) => (
                <th key={name} scope="col">
                  {wordsOf(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {model.nodes.map(({ name, operator, shape, parameters, facts }, i) => (
              <tr key={String(i)}>
                <th scope="row">{name}</th>
                <td>{operator}</td>
                <td>{shape}</td>
                <td class="number">{formatQuantity(parameters)}</td>
                {model.facts.map((fact) => (
                  <td key={fact} class={typeof facts[fact] === "number" ? "number" : ""}>
                    {formatValue(facts[fact])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </details>
  );
}

/** An ONNX model as a graph whose nodes are chosen from a list or by the mouse, and as a table for those who do not see it. */
export function ModelView({ model }: { readonly model: ModelGraph }) {
  const drawn = useMemo(() => model.nodes.slice(0, mostDrawn), [model]);
  const numeric = model.facts.filter((name) => drawn.some(({ facts }) => typeof facts[name] === "number"));
  const [layout, setLayout] = useState<ModelLayout>();
  const [chosen, setChosen] = useState(0);
  const [by, setBy] = useState("parameters");
  const shades = useMemo(() => shadesOf(drawn, by), [drawn, by]);
  useEffect(() => {
    let isGone = false;
    void import("./model-layout.ts").then(({ layOut }) => !isGone && setLayout(layOut(drawn, box)));
    return () => {
      isGone = true;
    };
  }, [drawn]);
  const values = (of: ModelGraph["inputs"]) => of.map(({ name, type }) => `${name} ${type}`).join(", ");
  return (
    <>
      <p>
        {formatQuantity(model.nodeCount)} nodes, {formatQuantity(model.parameters)} parameters; {values(model.inputs)} →{" "}
        {values(model.outputs)}.{model.nodeCount > drawn.length && ` The first ${drawn.length} nodes are drawn.`}
      </p>
      {drawn.length > 0 && (
        <>
          <div class="tools">
            <label>
              <span class="label">Node</span>
              <select value={String(chosen)} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
                {drawn.map(({ name, operator }, i) => (
                  <option key={String(i)} value={String(i)}>
                    {operator}: {name}
                  </option>
                ))}
              </select>
            </label>
            {numeric.length > 0 && (
              <Select label="Shaded by" value={by} choices={["parameters", ...numeric]} change={setBy} />
            )}
          </div>
          <div class="model-columns">
            {layout === undefined ? (
              <div style={{ minHeight: "20rem" }} />
            ) : (
              <Drawing layout={layout} shades={shades} chosen={chosen} choose={setChosen} />
            )}
            <NodeFacts node={drawn[chosen]} />
          </div>
        </>
      )}
      <NodeTable model={model} />
    </>
  );
}
