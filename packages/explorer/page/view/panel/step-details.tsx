/**
 * What happens in the present step: what was computed with which values, symbols above numbers, and what has been added
 * up.
 */
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { type Given, givenTo } from "../../../src/drawing/steps.ts";
import {
  type Expression,
  forwardExpression,
  gradientSymbol,
  inputSymbol,
  localExpression,
  type Part,
  partsOf,
  resultSymbol,
  written,
} from "../../../src/drawing/writing/expression.ts";
import { readRule } from "../../../src/drawing/writing/plain.ts";
import type { ContributionView } from "../../engine/session.ts";
import type { TensorView } from "../../engine/tensor-view.ts";
import { engine, graph, revision, summaries } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { presentStep, stepState } from "../../state/stepping.ts";
import { folded, nameOf, opAndName } from "../../state/view.ts";
import { useAnswer } from "../asking.ts";
import { numeric, symbolic } from "../writing.ts";
import { Legend } from "./figures/legend.tsx";
import { TensorFigure } from "./figures/tensor-figure.tsx";
import { LayerStep } from "./layer-step.tsx";

export function StepDetails() {
  const present = presentStep.value;
  if (present === null) return null;
  const box = folded.value.boxOf[present.node];
  const isLayer = box !== null && folded.value.boxes.get(box)?.scope != null;
  return (
    <section class="step">
      {isLayer ? (
        <LayerStep nodes={present.nodes} isBackward={present.direction === "backward"} />
      ) : present.direction === "forward" ? (
        <ForwardStep node={present.node} />
      ) : present.direction === "start" ? (
        <StartStep node={present.node} />
      ) : (
        <BackwardStep node={present.node} />
      )}
    </section>
  );
}

/** Whether some tensor of the step is shown in colours, so that these need to be explained. */
function usesColours(ids: Iterable<number>): boolean {
  return [...ids].some((id) => (summaries.value[id]?.size ?? 0) > 1);
}

/** The scales of the step: backward one of its gradients, and one of the values that its rules read. */
function StepLegend() {
  const state = stepState.value;
  if (state === null) return null;
  const words = text.value;
  const isForward = state.direction === "forward";
  return (
    <>
      {usesColours(state.shared) && <Legend largest={state.scale} {...(isForward ? {} : { of: words.gradient })} />}
      {usesColours(state.read) && <Legend largest={state.readScale} of={words.value} />}
    </>
  );
}

/** Whether a part of an expression is of the size of values, not of gradients. */
function isOfValues(part: Part): boolean {
  const isRead = (id: number): boolean =>
    graph.value.nodes[id].role !== "gradient" || stepState.value?.read.has(id) === true;
  const isValue = (of: Expression): boolean =>
    of.kind === "one" || (of.kind === "value" ? isRead(of.node) : of.args.every(isValue));
  if (part.kind === "tensor") return isRead(part.node);
  return part.kind === "computed" && isValue(part.of);
}

/** The values of the parts of an expression, in their order; null for signs, and where there is no value. */
function useViews(parts: readonly Part[]): readonly (TensorView | null)[] | undefined {
  const viewOf = (part: Part): Promise<TensorView | null> => {
    if (part.kind === "tensor") return engine.view(part.node);
    return part.kind === "computed" ? engine.evaluate(part.of) : Promise.resolve(null);
  };
  const key = parts.map((part) => (part.kind === "tensor" ? part.node : part.kind === "sign" ? "" : part.symbol));
  return useAnswer(() => Promise.all(parts.map(viewOf)), key.join(), revision.value);
}

function Term({
  label,
  tensor,
  node,
  ofValues = false,
}: {
  readonly label: string;
  readonly tensor: TensorView;
  readonly node?: number;
  /** Whether it has the size of values where the step is about gradients. */
  readonly ofValues?: boolean;
}) {
  const step = stepState.value;
  const scale = ofValues && step?.direction !== "forward" ? step?.readScale : step?.scale;
  return (
    <span class="term">
      <span class="label">{label}</span>
      <TensorFigure
        tensor={tensor}
        name={label}
        small
        {...(node === undefined ? {} : { node })}
        {...(scale === undefined ? {} : { scale })}
      />
    </span>
  );
}

/** Signs stay with the term that follows, so that no line begins or ends with one alone. */
function grouped(parts: readonly Part[]): readonly (readonly Part[])[] {
  const groups: Part[][] = [];
  let open: Part[] = [];
  for (const part of parts) {
    const closes = part.kind === "sign" && /^\)+$/.test(part.text) && open.length === 0 && groups.length > 0;
    if (closes) groups[groups.length - 1].push(part);
    else {
      open.push(part);
      if (part.kind !== "sign") {
        groups.push(open);
        open = [];
      }
    }
  }
  if (open.length > 0) groups.push(open);
  return groups;
}

/** An expression with its tensors drawn, and what it gives. */
function Drawn({
  expression,
  result,
  symbol,
}: {
  readonly expression: Expression;
  readonly result: number;
  readonly symbol: string;
}) {
  const own = partsOf(expression, symbolic);
  const parts: Part[] = [...own, { kind: "sign", text: "=" }, { kind: "tensor", node: result, symbol }];
  const views = useViews(parts);
  if (views === undefined) return null;
  const viewOf = new Map(parts.map((part, i) => [part, views[i]]));
  return (
    <div class="equation">
      {grouped(parts).map((group, i) => (
        <span class="group" key={i}>
          {group.map((part, k) => {
            if (part.kind === "sign") {
              return (
                <span class="sign" key={k}>
                  {part.text}
                </span>
              );
            }
            const tensor = viewOf.get(part) ?? null;
            if (tensor === null) return null;
            const node = part.kind === "tensor" ? { node: part.node } : {};
            return <Term key={k} label={part.symbol} tensor={tensor} ofValues={isOfValues(part)} {...node} />;
          })}
        </span>
      ))}
    </div>
  );
}

/** Whether the tensors of an expression are drawn below it: some are not single numbers. */
function isDrawn(expression: Expression): boolean {
  if (expression.kind === "one") return false;
  if (expression.kind === "value") return (summaries.value[expression.node]?.size ?? 1) > 1;
  return expression.args.some(isDrawn);
}

function ForwardStep({ node }: { readonly node: number }) {
  const expression = forwardExpression(graph.value, node);
  const symbol = resultSymbol(graph.value, node);
  return (
    <>
      <h3>{text.value.forwardStep(opAndName(node))}</h3>
      <p class="symbols">
        {symbol} = {written(expression, symbolic)}
      </p>
      {isDrawn(expression) ? (
        <Drawn expression={expression} result={node} symbol={symbol} />
      ) : (
        <p class="numbers">
          = {written(expression, numeric)} = {numeric.valueOf(node, symbol)}
        </p>
      )}
      <StepLegend />
    </>
  );
}

function StartStep({ node }: { readonly node: number }) {
  const words = text.value;
  const symbol = gradientSymbol(resultSymbol(graph.value, node));
  return (
    <>
      <h3>{words.startStep}</h3>
      <p class="symbols">
        {symbol}/{symbol} = 1
      </p>
      <p>{words.startWhy}</p>
      <p>{words.shortFor(symbol)}</p>
    </>
  );
}

/** What the letters of a step stand for, where they are no names of the graph. */
function Letters({ node }: { readonly node: number }) {
  const { nodes } = graph.value;
  const { inputs } = nodes[node];
  const letters = new Map(inputs.map((id, input) => [id, inputSymbol(graph.value, node, input)]));
  letters.set(node, resultSymbol(graph.value, node));
  const meant = [...letters].filter(([id]) => nodes[id].name === undefined && nodes[id].op !== null);
  if (meant.length === 0) return null;
  return (
    <p class="letters hint">{meant.map(([id, letter]) => text.value.standsFor(letter, nameOf(id))).join(" · ")}</p>
  );
}

function BackwardStep({ node }: { readonly node: number }) {
  const found = useAnswer(() => engine.step(node), `n${node}`, revision.value);
  if (found == null || found.node !== node) return null;
  return (
    <>
      <h3>{text.value.backwardStep(opAndName(node))}</h3>
      <Letters node={node} />
      {found.contributions.map((given) => (
        <Contribution key={given.input} node={node} upstream={found.upstreamNode} given={given} />
      ))}
      <StepLegend />
    </>
  );
}

/**
 * The op that a contribution comes back from: which of its inputs, where it gives to the same node twice, and that what
 * it was given is a sum, where several ways have met at it.
 */
function sourceOf({ node, input }: Pick<Given, "node" | "input">): string {
  const words = text.value;
  const { inputs } = graph.value.nodes[node];
  const isOnlyOne = inputs.filter((id) => id === inputs[input]).length === 1;
  const source = isOnlyOne ? nameOf(node) : words.inputOf(nameOf(node), input + 1);
  const met = givenTo(graph.value, node).length;
  return met > 1 ? words.metAt(source, met) : source;
}

/** The contributions so far, the new one, and their sum: which is the gradient when none is to come. */
function Sum({ given, symbol }: { readonly given: ContributionView; readonly symbol: string }) {
  const words = text.value;
  const { before, after, gradient, count, of } = given;
  if (before === null) return null;
  const [first] = givenTo(graph.value, given.node);
  const sofar = count === 2 ? words.contributionFrom(1, of, sourceOf(first)) : words.contributionsTo(count - 1, of);
  const sum = count === of ? words.wholeSum(symbol, of) : words.contributionsTo(count, of);
  const terms = [
    [null, sofar, before],
    ["+", words.contributionCount(count, of), gradient],
    ["=", sum, after],
  ] as const;
  return (
    <div class="equation sum">
      {terms.map(([sign, label, tensor]) => (
        <span class="group" key={sign}>
          {sign !== null && <span class="sign">{sign}</span>}
          <Term label={label} tensor={tensor} />
        </span>
      ))}
    </div>
  );
}

function Contribution({
  node,
  upstream,
  given,
}: {
  readonly node: number;
  readonly upstream: number;
  readonly given: ContributionView;
}) {
  const words = text.value;
  const { local, gradient, count, of, gradientNode, input } = given;
  const { expression, recorded } = readRule(graph.value, node, upstream, gradientNode);
  const symbol = gradientSymbol(inputSymbol(graph.value, node, input));
  // What is one of several must not be called by the name of their sum.
  const label = of > 1 ? words.contributionTo(count, of, symbol.replaceAll(" ", "\u00a0")) : symbol;
  const isNumber = gradient.summary.value !== null && !isDrawn(expression);
  const localText = local === null ? null : written(localExpression(expression, upstream), symbolic);
  return (
    <div class="contribution" data-input={input}>
      <p>
        <strong>{words.to(nameOf(given.node))}</strong>
        {of > 1 && ` · ${words.contributionFrom(count, of, sourceOf({ node, input }))}`}
      </p>
      <p class="symbols">
        {of > 1 ? words.contribution : symbol} = {written(expression, symbolic)}
      </p>
      {isNumber ? (
        <p class="numbers">
          = {written(expression, numeric)} ={" "}
          <output class="number">{numberText(gradient.summary.value as number)}</output>
        </p>
      ) : (
        <Drawn expression={expression} result={gradientNode} symbol={label} />
      )}
      {recorded !== null && (
        <details class="recorded">
          <summary>{words.computedAs}</summary>
          <p class="symbols">{written(recorded, symbolic)}</p>
          <p>{words.computedAsWhy}</p>
        </details>
      )}
      {local !== null && local.summary.value !== null && (
        <p class="local">
          {words.upstream} {numberText(summaries.value[upstream]?.value ?? Number.NaN)} × {words.local}{" "}
          {numberText(local.summary.value)}
          {localText !== numberText(local.summary.value) && ` (${localText})`} ={" "}
          {numberText(gradient.summary.value as number)}
        </p>
      )}
      <Sum given={given} symbol={symbol} />
    </div>
  );
}
