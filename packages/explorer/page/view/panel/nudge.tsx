/**
 * What a gradient means: when an element changes by a little, the output changes by about the gradient times that, and the
 * better the smaller the change.
 */
import { useState } from "preact/hooks";
import { numberText } from "../../../src/drawing/painting/numbers.ts";
import { engine, gradients, revision } from "../../state/document.ts";
import { text } from "../../state/settings.ts";
import { useAnswer } from "../asking.ts";
import { Slider, Table } from "../parts.tsx";

const shares = [1, 0.1, 0.01] as const;

/** The table: steps h, what the output does, and what the gradient says that it does. */
export function Nudge({ id, place }: { readonly id: number; readonly place: number }) {
  const gradientId = gradients.value.get(id);
  const [exponent, setExponent] = useState(-1);
  const steps = shares.map((share) => 10 ** exponent * share);
  const found = useAnswer(
    async () => {
      if (gradientId === undefined) return null;
      const [grown, view] = await Promise.all([engine.nudge(id, place, steps), engine.view(gradientId)]);
      return { grown, gradient: view?.elements[place] ?? Number.NaN };
    },
    `${id} ${place} ${exponent}`,
    revision.value,
  );
  if (gradientId === undefined || found == null) return null;
  const words = text.value;
  return (
    <details class="nudge" open>
      <summary>{words.nudge}</summary>
      <Slider
        name="h ="
        shown={numberText(10 ** exponent)}
        isWide
        min={-4}
        max={1}
        step={1}
        value={exponent}
        onSlide={setExponent}
      />
      <Table
        columns={["h", words.nudgeOutput, words.nudgeGradient, words.nudgeDifference]}
        rows={steps.map((h, i) => [
          numberText(h, 3),
          numberText(found.grown[i]),
          numberText(found.gradient * h),
          numberText(found.grown[i] - found.gradient * h, 2),
        ])}
        isPlain
      />
    </details>
  );
}
