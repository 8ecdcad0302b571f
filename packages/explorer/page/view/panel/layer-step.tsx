/** A step of a folded layer as a whole: shapes, norms, and how much of the gradient goes where. */
import { shapeText } from "../../../src/drawing/labels.ts";
import { normOf } from "../../../src/drawing/painting/appearance.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { shownAs } from "../../../src/drawing/quiet.ts";
import { givenTo } from "../../../src/drawing/steps.ts";
import { graph, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { folded, nameOf } from "../../state/view.ts";
import { Table } from "../parts.tsx";

/** What goes into a layer, or comes out of it. */
interface Flow {
  /** The node that has the value, or the gradient. */
  readonly node: number;
  readonly kind: "given" | "result" | "upstream" | "receiver";
  /** Whose gradient or value it is: a layer that is folded, too, or a node. */
  readonly name: string;
  /** Whether it is a parameter of the layer. */
  readonly isOwn: boolean;
  /** Which of the contributions to a gradient it is, where others come from elsewhere. */
  readonly part?: readonly [count: number, of: number];
}

function flowsOf(nodes: readonly number[], isBackward: boolean): readonly Flow[] {
  const { boxes, boxOf } = folded.value;
  // With what is drawn as part of them, and takes no step of its own.
  const shown = shownAs(graph.value);
  const ran = new Set(nodes);
  const own = new Set(graph.value.nodes.flatMap(({ id, op }) => (op !== null && ran.has(shown[id]) ? [id] : [])));
  const layer = boxOf[nodes[nodes.length - 1]];
  const flow = (kind: Flow["kind"], node: number, of: number): Flow => {
    const isOwn = boxOf[of] === layer;
    return { node, kind, name: (isOwn ? null : boxes.get(boxOf[of] ?? "")?.scope) ?? nameOf(of), isOwn };
  };
  if (!isBackward) {
    const inputs = new Set(nodes.flatMap((id) => graph.value.nodes[id].inputs.filter((input) => !own.has(input))));
    const result = nodes[nodes.length - 1];
    return [...[...inputs].map((input) => flow("given", input, input)), flow("result", result, result)];
  }
  const flows: Flow[] = [];
  const steps = (graph.value.backward?.steps ?? []).filter(({ node }) => own.has(node));
  const computed = new Set(steps.flatMap(({ contributions }) => contributions.map(({ total }) => total)));
  const known = new Set<number>();
  const receivers = new Set<number>();
  for (const { node, contributions, upstream } of steps) {
    if (!known.has(upstream) && !computed.has(upstream)) flows.push(flow("upstream", upstream, node));
    known.add(upstream);
    for (const { input } of contributions) receivers.add(graph.value.nodes[node].inputs[input]);
  }
  for (const receiver of receivers) {
    if (own.has(receiver)) continue;
    const all = givenTo(graph.value, receiver);
    // The layer gives the whole gradient, or some of the contributions to it.
    if (all.every(({ node }) => own.has(node))) flows.push(flow("receiver", all[all.length - 1].total, receiver));
    else {
      for (const [i, { node, gradient }] of all.entries())
        if (own.has(node)) flows.push({ ...flow("receiver", gradient, receiver), part: [i + 1, all.length] });
    }
  }
  return flows;
}

function normAt(node: number): number {
  const summary = summaries.value[node];
  return summary == null ? Number.NaN : normOf(summary);
}

/** Where a gradient goes, and which of several contributions to it this is. */
function receiverOf({ name, part }: Flow): string {
  const words = text.value;
  return part === undefined ? words.to(name) : `${words.to(name)} · ${words.contributionCount(...part)}`;
}

/** The layer's step in one line: the norm of its result, or of the gradients that come and go. */
export function layerLines(nodes: readonly number[], isBackward: boolean): readonly string[] {
  const flows = flowsOf(nodes, isBackward);
  const norm = (node: number): string => numberText(normAt(node), 3);
  if (!isBackward) {
    const result = nodes[nodes.length - 1];
    const value = summaries.value[result]?.value ?? null;
    return [value === null ? `‖y‖ = ${norm(result)}` : `${nameOf(result)} = ${numberText(value)}`];
  }
  const upstream = flows.find(({ kind }) => kind === "upstream");
  const before = upstream === undefined ? "" : `${norm(upstream.node)} → `;
  const receivers = flows.filter(({ kind }) => kind === "receiver");
  const outside = receivers.filter(({ isOwn }) => !isOwn);
  // A layer that begins with its own leaves gives to nothing else.
  return (outside.length > 0 ? outside : receivers).map(
    (flow) => `${receiverOf(flow)}: ‖∂‖ ${before}${norm(flow.node)}`,
  );
}

export function LayerStep({ nodes, isBackward }: { readonly nodes: readonly number[]; readonly isBackward: boolean }) {
  const words = text.value;
  const { boxes, boxOf } = folded.value;
  const last = nodes[nodes.length - 1];
  const scope = boxes.get(boxOf[last] ?? "")?.scope ?? nameOf(last);
  const flows = flowsOf(nodes, isBackward);
  const largest = Math.max(...flows.map(({ node }) => normAt(node)).filter((norm) => !Number.isNaN(norm)), 0);
  const several = flows.filter(({ kind }) => kind === "upstream").length > 1;
  const called = {
    given: ({ name }: Flow): string => name,
    result: (): string => words.result,
    upstream: ({ name }: Flow): string => (several ? `${words.upstream} (${name})` : words.upstream),
    receiver: receiverOf,
  };
  return (
    <>
      <h3>{isBackward ? words.backwardStep(scope) : words.forwardStep(scope)}</h3>
      <Table
        class="norms"
        columns={[isBackward ? words.gradient : words.value, words.shape, words.norm, words.share]}
        rows={flows.map((flow) => [
          called[flow.kind](flow),
          shapeText(graph.value.nodes[flow.node].shape) || "1",
          numberText(normAt(flow.node), 3),
          largest > 0 ? `${Math.round((100 * normAt(flow.node)) / largest)} %` : "",
        ])}
      />
    </>
  );
}
