/**
 * The bar that goes through the computation, forward and backward, one op at a time.
 */
import { effect, signal } from "@preact/signals";
import { shortened } from "../drawing/labels.ts";
import { numberText } from "../drawing/painting/appearance.ts";
import type { StepView } from "../engine/session.ts";
import { course, engine, revision, summaries } from "../state/document.ts";
import { announced, text } from "../state/settings.ts";
import { goToStep, nameOf, opAndName, step } from "../state/view.ts";
import { useAnswer } from "./asking.ts";
import { Icon, type IconName } from "./icon.tsx";
import { nextStep, previousStep } from "./keyboard.ts";

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

/** The equations of a step whose numbers are single ones. */
function equationsOf(view: StepView | null): string {
  if (view === null) return "";
  const { upstream, contributions } = view;
  return contributions
    .map(({ local, gradient, before, after, node }) => {
      const [u, l, c] = [upstream.summary.value, local?.summary.value ?? null, gradient.summary.value];
      if (u === null || l === null || c === null) return "";
      const added =
        before === null
          ? ""
          : `; ${numberText(before.summary.value as number)} + ${numberText(c)} = ${numberText(after.summary.value as number)}`;
      return `${shortened(nameOf(node))}: ${numberText(u)} × ${numberText(l)} = ${numberText(c)}${added}`;
    })
    .filter((line) => line !== "")
    .join("  ·  ");
}

function Description() {
  const at = step.value;
  const words = text.value;
  const present = at === null ? undefined : course.value.steps[at];
  const node = present?.direction === "backward" ? present.node : null;
  const view = useAnswer(() => (node === null ? Promise.resolve(null) : engine.step(node)), `n${node}`, revision.value);
  let said = at === null ? words.notStepping : words.atStart;
  if (present !== undefined) {
    const name = shortened(opAndName(present.node), 40);
    const value = summaries.value[present.node]?.value ?? null;
    const equations = equationsOf(view?.node === node ? (view ?? null) : null);
    said =
      present.direction === "forward"
        ? `${words.forwardStep(name)}${value === null ? "" : ` = ${numberText(value)}`}`
        : `${words.backwardStep(name)}${equations === "" ? "" : ` — ${equations}`}`;
  }
  return (
    <p class="said" id="step-text">
      {present !== undefined && <strong>{words.stepOf((at as number) + 1, course.value.steps.length)} </strong>}
      {said}
    </p>
  );
}

/** The bar. */
export function Stepper() {
  const words = text.value;
  const at = step.value;
  const { steps } = course.value;
  const button = (label: string, sign: IconName, action: () => void, isDisabled: boolean) => (
    <button type="button" aria-label={label} title={label} disabled={isDisabled} onClick={action}>
      <Icon name={sign} />
    </button>
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
