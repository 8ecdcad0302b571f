/** Random changes of training images, by names that a command line can give. */
import { DataLoader, randomFlip, randomShift, type Transform } from "@adjoint/data";
import type { Samples } from "@adjoint/optim";
import { formatShape, SpecError } from "@adjoint/tensor";

/** What each change is called, and how it is made of the number after its name. */
const changes: Readonly<Record<string, (pixels: number | null) => Transform | null>> = {
  shift: (pixels) => (pixels === null || pixels < 1 ? null : randomShift({ by: pixels })),
  flip: (pixels) => (pixels === null ? randomFlip() : null),
};

/** The changes in words, for help and errors. */
export const changesInWords = "shift=N (up to N pixels in each direction), flip (left and right change places)";

/** The transform that a text such as `shift=2` names. @throws SpecError for any other text */
function transformOf(text: string): Transform {
  const [, name = "", pixels] = /^([a-z]+)(?:=(\d{1,6}))?$/.exec(text) ?? [];
  const make = Object.hasOwn(changes, name) ? changes[name] : null;
  const transform = make?.(pixels === undefined ? null : Number(pixels)) ?? null;
  if (transform !== null) return transform;
  throw SpecError.of("--augment", "--augment", text, changesInWords, {
    problem: `there is no change ${text}`,
    hint: "For example: --augment shift=2 flip.",
  });
}

/** @throws SpecError for texts that name no change */
export function checkAugmentation(texts: readonly string[]): void {
  for (const text of texts) transformOf(text);
}

/**
 * A loader of samples that changes images at random, each time anew. A last batch that is too small is left out, which the
 * order of the next epoch makes up for. Null where there are no changes.
 *
 * @throws SpecError for samples that are no images, and texts that name no change
 */
export function augmented(
  samples: Samples,
  texts: readonly string[],
  {
    batchSize,
    seed,
    minBatchSize,
  }: { readonly batchSize: number; readonly seed: number; readonly minBatchSize: number },
): DataLoader | null {
  if (texts.length === 0) return null;
  const transforms = texts.map(transformOf);
  const { shape } = samples.x;
  if (shape.length !== 4) {
    throw SpecError.of("--augment", "--augment", formatShape(shape.slice(1)), "images, [channels, height, width]", {
      problem: `the model takes samples of shape ${formatShape(shape.slice(1))}, which are no images`,
      hint: "Declare an input of images, such as input: [1, 28, 28]; an affine layer flattens them itself.",
    });
  }
  const rest = shape[0] % batchSize;
  const dropLast = rest > 0 && rest < minBatchSize && shape[0] > batchSize;
  return new DataLoader(samples, { batchSize, seed, transforms, dropLast });
}
