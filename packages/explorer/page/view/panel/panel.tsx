/** What is known of the chosen box: beside the drawing, or as a sheet below it on small screens. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { gridOf, ruleIn, shapeText, shortened } from "../../../src/drawing/labels.ts";
import { changedElements } from "../../../src/drawing/painting/appearance.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { gradientSymbol, resultSymbol } from "../../../src/drawing/writing/expression.ts";
import { engine, firstSummaries, gradients, graph, homes, readers, revision, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { scaleOf } from "../../state/shown.ts";
import { isKnown, presentStep, step } from "../../state/stepping.ts";
import { folded, nameOf, reveal, select, selected, toggleScope } from "../../state/view.ts";
import { useAnswer } from "../asking.ts";
import { Button } from "../parts.tsx";
import { CheckNode } from "./check-node.tsx";
import { EditLeaf } from "./edit-leaf.tsx";
import { Cells } from "./figures/cells.tsx";
import { TensorFigure } from "./figures/tensor-figure.tsx";
import { OpFormulas } from "./formulas.tsx";
import { NamedValues } from "./named-values.tsx";
import { ShowWindows } from "./show-windows.tsx";
import { StepDetails } from "./step-details.tsx";

export function Panel() {
  const key = selected.value;
  const words = text.value;
  const box = key === null ? undefined : folded.value.boxes.get(key);
  const element = useRef<HTMLElement>(null);
  const at = step.value;
  // What is chosen next is read from its beginning.
  useLayoutEffect(() => element.current?.scrollTo(0, 0), [key, at]);
  if (box === undefined) return null;
  return (
    <section class="panel sheet" aria-label={words.details} ref={element}>
      <header class="head">
        <h2>{box.scope ?? nameOf(box.nodes[0])}</h2>
        <Button class="close" aria-label={words.closeDetails} onClick={() => select(null)}>
          ✕
        </Button>
      </header>
      {box.scope === null ? <NodeDetails id={box.nodes[0]} /> : <ScopeDetails path={box.scope} nodes={box.nodes} />}
    </section>
  );
}

/** Buttons that lead to other nodes; nothing where there are none. */
function NodeLinks({ ids, title }: { readonly ids: readonly number[]; readonly title?: string }) {
  if (ids.length === 0) return null;
  const shown = ids.slice(0, 40);
  return (
    <>
      {title !== undefined && <h3>{title}</h3>}
      <ul class="links">
        {shown.map((id, i) => (
          <li key={i}>
            <Button onClick={() => void reveal(id)}>
              {shortened(nameOf(id), 40)} <small>{shapeText(graph.value.nodes[id].shape)}</small>
            </Button>
          </li>
        ))}
        {ids.length > shown.length && <li>… {ids.length - shown.length}</li>}
      </ul>
    </>
  );
}

/** Whether the present step is about these nodes: only then its card stands with them. */
function isOfStep(ids: readonly number[]): boolean {
  return presentStep.value?.nodes.some((node) => ids.includes(node)) ?? false;
}

function ScopeDetails({ path, nodes }: { readonly path: string; readonly nodes: readonly number[] }) {
  const words = text.value;
  return (
    <>
      <p class="facts">
        {words.folded} · {words.members(nodes.length)}
      </p>
      <p>
        <Button onClick={() => void toggleScope(path)}>{words.open}</Button>
      </p>
      {isOfStep(nodes) && <StepDetails />}
      <NamedValues path={path} />
      <NodeLinks ids={nodes} />
    </>
  );
}

/** How the gradient of a node with a name is written. */
function gradientSymbols(id: number): string {
  return graph.value.nodes[id].name === undefined ? "" : gradientSymbol(resultSymbol(graph.value, id));
}

/** What a value or a gradient was before the reader changed anything; nothing where it still is. */
function Before({ id }: { readonly id: number }) {
  const words = text.value;
  const [before, now] = [firstSummaries.value[id], summaries.value[id]];
  if (before == null || now == null) return null;
  if (before.value !== null && now.value !== null) {
    if (Object.is(before.value, now.value)) return null;
    return (
      <p class="before">
        {numberText(before.value)} → <strong>{numberText(now.value)}</strong>
      </p>
    );
  }
  const { shape } = graph.value.nodes[id];
  const grid = gridOf(shape);
  if (grid !== null && before.elements !== null) {
    if (changedElements(now, before).size === 0) return null;
    const common = { node: null, shape, grid, elements: before.elements, largest: scaleOf(id) };
    return (
      <div class="before tensor small">
        <p class="hint">{words.beforeChange}</p>
        <Cells {...common} label={`${nameOf(id)}: ${words.beforeChange}`} />
      </div>
    );
  }
  if ((["min", "max", "mean", "rms"] as const).every((key) => Object.is(before[key], now[key]))) return null;
  const [low, high, mean] = [before.min, before.max, before.mean].map((x) => numberText(x));
  return <p class="before hint">{words.was(words.summary(low, high, mean))}</p>;
}

function NodeDetails({ id }: { readonly id: number }) {
  const node = graph.value.nodes[id];
  const words = text.value;
  const name = nameOf(id);
  const run = revision.value;
  const gradientId = node.role === "gradient" ? undefined : gradients.value.get(id);
  const value = useAnswer(() => engine.view(id), `n${id}`, run);
  const gradient = useAnswer(
    () => (gradientId === undefined ? Promise.resolve(null) : engine.view(gradientId)),
    `n${gradientId}`,
    run,
  );
  const attributes = Object.entries(node.attributes);
  const home = homes.value[id];
  const scope = graph.value.nodes[home].scope;
  const box = folded.value.boxes.get(`n${id}`);
  const rule = box === undefined ? null : ruleIn(graph.value, box);
  const isEditable = node.op === null && node.role !== "gradient";
  return (
    <>
      <p class="facts">
        {node.op !== null && <code>{rule ?? node.op}</code>} {words.roles[node.role]} · {node.dtype}
        {node.shape.length > 0 && ` ${shapeText(node.shape)}`}
        {scope !== "" && (
          <>
            {" "}
            · {/^layer\b/i.test(scope) ? "" : `${words.layer} `}
            {scope}{" "}
            <Button class="small" onClick={() => void toggleScope(scope)}>
              {words.fold}
            </Button>
          </>
        )}
      </p>
      {isOfStep([id]) && <StepDetails />}
      {rule !== null && <p class="hint">{words.wholeRule(rule, box?.nodes.length ?? 0)}</p>}
      <section>
        <h3>{words.value}</h3>
        {!isKnown(id) && <p class="hint">{words.notYet}</p>}
        {isKnown(id) && value === null && <p class="hint">{words.noValue}</p>}
        {isKnown(id) && value != null && <TensorFigure tensor={value} name={name} node={id} />}
        {isKnown(id) && <Before id={id} />}
      </section>
      {gradient != null && gradientId !== undefined && isKnown(gradientId) && (
        <section class="gradient">
          <h3>
            {words.gradient} <span class="symbol">{gradientSymbols(id)}</span>
          </h3>
          <TensorFigure tensor={gradient} name={`${words.gradient}: ${name}`} node={gradientId} />
          <Before id={gradientId} />
        </section>
      )}
      <ShowWindows id={id} />
      {isEditable && value != null && value.summary.size > 0 && <EditLeaf id={id} name={name} tensor={value} />}
      {node.op !== null && <OpFormulas op={rule ?? node.op} />}
      {(node.op !== null || gradientId !== undefined) && <CheckNode id={id} />}
      {attributes.length > 0 && (
        <section>
          <h3>{words.attributes}</h3>
          <dl>
            {attributes.map(([key, given]) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{JSON.stringify(given)?.slice(0, 200)}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      <section>
        <h3>{words.inputs}</h3>
        {node.inputs.length === 0 ? <p class="hint">{words.noInputs}</p> : <NodeLinks ids={node.inputs} />}
        <NodeLinks title={words.usedBy} ids={readers.value[id]} />
        <NodeLinks title={words.gradientOf} ids={gradientId === undefined ? [] : [gradientId]} />
        <NodeLinks title={words.partOf} ids={home === id ? [] : [home]} />
      </section>
    </>
  );
}
