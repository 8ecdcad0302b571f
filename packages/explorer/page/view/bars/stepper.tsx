/** The bar that goes through the computation, forward and backward, one op at a time. */
import { effect, signal } from "@preact/signals";
import { gridOf, shortened } from "../../../src/drawing/labels.ts";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { gradientSymbol, resultSymbol } from "../../../src/drawing/writing/expression.ts";
import { contributionLine, forwardLine } from "../../../src/drawing/writing/lines.ts";
import type { ContributionView } from "../../engine/session.ts";
import { engine, graph, revision, summaries } from "../../state/document.ts";
import { announced, text } from "../../state/settings.ts";
import { course, goToStep, nextStep, presentStep, previousStep, step, stepState } from "../../state/stepping.ts";
import { folded, nameOf, opAndName } from "../../state/view.ts";
import { useAnswer } from "../asking.ts";
import { Cells } from "../panel/figures/cells.tsx";
import { layerLines } from "../panel/layer-step.tsx";
import { Button, Icon, type IconName } from "../parts.tsx";
import { presentWriting, valueText } from "../writing.ts";

const isPlaying = signal(false);

effect(() => {
  if (!isPlaying.value) return;
  const at = step.value;
  if (at !== null && at >= course.value.steps.length - 1) {
    isPlaying.value = false;
    return;
  }
  const timer = setTimeout(nextStep, 900);
  return () => clearTimeout(timer);
});

/** A contribution in one line, with the sum that it is added to. */
function lineOf(node: number, upstream: number, given: ContributionView): string {
  const { before, after, gradient } = given;
  const [old, sum, added] = [before, after, gradient].map((view) => view?.summary.value ?? null);
  const sums =
    old !== null && sum !== null && added !== null
      ? `; ${numberText(old)} + ${numberText(added)} = ${numberText(sum)}`
      : "";
  return contributionLine(presentWriting(), node, upstream, given) + sums;
}

/** Whether the numbers of the steps are those of a small tensor: its rows stand in the bar, too. */
function Result({ node }: { readonly node: number }) {
  const elements = summaries.value[node]?.elements;
  const { shape } = graph.value.nodes[node];
  const grid = gridOf(shape);
  if (elements == null || grid === null || valueText(node) !== null) return null;
  return (
    <Cells
      node={node}
      elements={elements}
      shape={shape}
      grid={grid}
      largest={stepState.value?.scale ?? 0}
      label={nameOf(node)}
    />
  );
}

function Description() {
  const at = step.value;
  const words = text.value;
  const present = presentStep.value;
  const box = present === null ? null : folded.value.boxOf[present.node];
  const scope = box === null ? null : (folded.value.boxes.get(box)?.scope ?? null);
  const node = present?.direction === "backward" && scope === null ? present.node : null;
  const view = useAnswer(() => (node === null ? Promise.resolve(null) : engine.step(node)), `n${node}`, revision.value);
  const results: number[] = [];
  // Before a graph is open there is nothing to say.
  let title = course.value.steps.length === 0 ? "" : at === null ? words.notStepping : words.atStart;
  let lines: readonly string[] = [];
  if (present !== null) {
    const name = scope ?? shortened(opAndName(present.node), 40);
    if (present.direction === "start") {
      title = words.startStep;
      lines = [`${gradientSymbol(resultSymbol(graph.value, present.node))} = 1`];
    } else if (present.direction === "forward") {
      title = words.forwardStep(name);
      lines = scope === null ? [forwardLine(presentWriting(), present.node)] : layerLines(present.nodes, false);
      if (scope === null) results.push(present.node);
    } else {
      title = words.backwardStep(name);
      if (scope !== null) lines = layerLines(present.nodes, true);
      if (view != null && view.node === node) {
        lines = view.contributions.map((given) => lineOf(present.node, view.upstreamNode, given));
        results.push(...view.contributions.map(({ gradientNode }) => gradientNode));
      }
    }
  }
  return (
    <div class="said" id="step-text">
      <p>
        {present !== null && <strong>{words.stepOf((at as number) + 1, course.value.steps.length)} </strong>}
        {title}
        {lines.length > 0 && <span class="line"> — {lines.join(" ; ")}</span>}
      </p>
      {results.length > 0 && (
        <div class="results">
          {results.map((id) => (
            <Result key={id} node={id} />
          ))}
        </div>
      )}
    </div>
  );
}

export function Stepper() {
  const words = text.value;
  const at = step.value;
  const { steps } = course.value;
  const button = (label: string, sign: IconName, action: () => void, isDisabled: boolean) => (
    <Button aria-label={label} title={label} disabled={isDisabled} onClick={action}>
      <Icon name={sign} />
    </Button>
  );
  return (
    <section class="stepper" aria-label={words.stepper}>
      <div class="buttons">
        {button(words.first, "first", () => goToStep(-1), steps.length === 0 || at === -1)}
        {button(words.previous, "previous", previousStep, steps.length === 0 || at === -1)}
        {button(
          isPlaying.value ? words.pause : words.play,
          isPlaying.value ? "pause" : "play",
          () => {
            isPlaying.value = !isPlaying.value;
            if (isPlaying.value && (at === null || at >= steps.length - 1)) goToStep(-1);
          },
          steps.length === 0,
        )}
        {button(words.next, "next", nextStep, steps.length === 0 || at === steps.length - 1)}
        {button(words.last, "last", () => goToStep(null), at === null)}
      </div>
      <input
        type="range"
        aria-label={words.stepper}
        aria-describedby="step-text"
        min={0}
        max={steps.length}
        value={at === null ? steps.length : at + 1}
        disabled={steps.length === 0}
        onInput={(event) => goToStep(Number(event.currentTarget.value) - 1)}
      />
      <div class="live">
        {/* Two regions: each is read as a whole when it changes, and neither with what the other said before. */}
        <div role="status" aria-live="polite">
          <Description />
        </div>
        <div role="status" aria-live="polite" class="unseen">
          {announced.value}
        </div>
      </div>
    </section>
  );
}
