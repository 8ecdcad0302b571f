/** What the colours mean: the scale that all tensors of a step share. */
import { numberText } from "../../../../src/drawing/painting/numbers.ts";
import { scaleGradient } from "../../../../src/drawing/painting/scale.ts";
import { text, theme } from "../../../state/settings.ts";

/** The scale from −largest to largest, and what it is the scale of, where a step has two. */
export function Legend({ largest, of }: { readonly largest: number; readonly of?: string }) {
  return (
    <p class="scale">
      <span class="unseen">{text.value.colourScale}</span>
      {of !== undefined && <span class="of">{of}</span>}
      <span>{numberText(-largest)}</span>
      <span class="colours" style={{ backgroundImage: scaleGradient(theme.value) }} aria-hidden="true" />
      <span>{numberText(largest)}</span>
    </p>
  );
}
