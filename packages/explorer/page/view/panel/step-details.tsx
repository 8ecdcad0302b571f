/**
 * What happens in the present step of the backward pass: upstream × local = contribution, and what has been added up.
 */
import type { ContributionView } from "../../engine/session.ts";
import type { TensorView } from "../../engine/tensor-view.ts";
import { course, engine, graph, revision } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { nameOf, opAndName, step } from "../../state/view.ts";
import { useAnswer } from "../asking.ts";
import { TensorFigure } from "./tensor-figure.tsx";

/** The present step, if it is one of the backward pass. */
export function StepDetails() {
  const present = step.value === null ? undefined : course.value.steps[step.value];
  const node = present?.direction === "backward" ? present.node : null;
  const found = useAnswer(
    () => (node === null ? Promise.resolve(null) : engine.step(node)),
    `n${node}`,
    revision.value,
  );
  if (node === null || found == null || found.node !== node) return null;
  const words = text.value;
  const op = graph.value.nodes[node].op ?? "";
  return (
    <section class="step">
      <h3>{words.backwardStep(opAndName(node))}</h3>
      {found.contributions.map((given) => (
        <Contribution key={given.input} upstream={found.upstream} given={given} op={op} />
      ))}
    </section>
  );
}

function Term({ label, tensor }: { readonly label: string; readonly tensor: TensorView }) {
  return (
    <div class="term">
      <span class="label">{label}</span>
      <TensorFigure tensor={tensor} name={label} small />
    </div>
  );
}

function Contribution({
  upstream,
  given,
  op,
}: {
  readonly upstream: TensorView;
  readonly given: ContributionView;
  readonly op: string;
}) {
  const words = text.value;
  const { local, gradient, before, after, count, of, node } = given;
  return (
    <div class="contribution">
      <p>
        <strong>{words.contributionTo(nameOf(node))}</strong>
        {of > 1 && ` · ${words.contributionCount(count, of)}`}
      </p>
      <div class="equation">
        <Term label={words.upstream} tensor={upstream} />
        {local === null ? (
          <span class="sign">→ {op} →</span>
        ) : (
          <>
            <span class="sign">×</span>
            <Term label={words.local} tensor={local} />
            <span class="sign">=</span>
          </>
        )}
        <Term label={words.contribution} tensor={gradient} />
      </div>
      {before !== null && (
        <div class="equation">
          <Term label={words.accumulated} tensor={before} />
          <span class="sign">+</span>
          <Term label={words.contribution} tensor={gradient} />
          <span class="sign">=</span>
          <Term label={words.gradient} tensor={after} />
        </div>
      )}
    </div>
  );
}
