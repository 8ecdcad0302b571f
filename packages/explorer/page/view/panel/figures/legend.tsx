/** What the colours mean: the scale that all tensors of a step share. */
import { numberText } from "../../../../src/drawing/painting/numbers.ts";
import { scaleGradient } from "../../../../src/drawing/painting/scale.ts";
import { text, theme } from "../../../state/settings.ts";

/** The scale from −largest to largest. */
export function Legend({ largest }: { readonly largest: number }) {
  return (
    <p class="scale">
      <span class="unseen">{text.value.colourScale}</span>
      <span>{numberText(-largest)}</span>
      <span class="colours" style={{ backgroundImage: scaleGradient(theme.value) }} aria-hidden="true" />
      <span>{numberText(largest)}</span>
    </p>
  );
}
