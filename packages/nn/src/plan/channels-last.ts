/** Images declared as [height, width, channels], as in other frameworks, instead of channels first. */
import type { SampleSpec } from "../layers/kind/layer-kind.ts";
import type { Inference } from "./infer.ts";
import type { NearestFix } from "./repair.ts";
import type { Expansion } from "./steps.ts";

/** Most channels of a picture: grey or RGB, with or without opacity. */
const MOST_CHANNELS = 4;

/**
 * The fix where step `at`, a layer of images, does not fit, and does with the channels of an input of the model first, as
 * do all layers before it.
 */
export function channelsFirst({ steps, inputs }: Expansion, at: number, inference: Inference): NearestFix | null {
  if (steps[at].definition.axes?.[0] !== "channels") return null;
  for (const [i, input] of inputs.entries()) {
    if (input.shape === null || input.shape.length !== 3 || input.type !== "float") continue;
    const [height, width, channels] = input.shape;
    if (channels > MOST_CHANNELS || Math.min(height, width) <= MOST_CHANNELS) continue;
    const value = [channels, height, width];
    const values: (SampleSpec | null)[] = inputs.map((one, k) =>
      one.shape === null ? null : { shape: k === i ? value : one.shape, type: one.type },
    );
    const fits = steps.slice(0, at + 1).every((step) => {
      const known = step.sources.map((source) => values[source] ?? null);
      const output = known.includes(null) ? null : inference.attempt(step, known as SampleSpec[]);
      values.push(output);
      return output !== null;
    });
    if (!fits) continue;
    const { path } = input;
    const words = `${path.join(".")}: [${value.join(", ")}]`;
    return { words, change: { path, value }, output: values[values.length - 1] as SampleSpec };
  }
  return null;
}
