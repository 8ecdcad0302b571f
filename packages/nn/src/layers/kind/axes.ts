/** The axes of samples: their names, and checks of axes in options. */
import { type Shape, ShapeError } from "@adjoint/tensor";

/** One sample of images. */
export const imageAxes = ["channels", "height", "width"] as const;

/** One sample of sequences. */
export const sequenceAxes = ["time", "features"] as const;

/** Refuses axes that a sample does not have; counted from 0, without the batch. */
export function checkAxes(op: string, axes: readonly number[], { length }: Shape, isOrder = false): void {
  const wrong = axes.find((axis, i) => axis >= length || axes.indexOf(axis) !== i);
  if (wrong === undefined && (!isOrder || axes.length === length)) return;
  const all = Array.from({ length }, (_, i) => i).join(", ");
  const given = axes.join(", ");
  throw ShapeError.of(op, "axes", given, `${isOrder ? "an order" : "some"} of the axes ${all}`, {
    problem: `axes are [${given}]`,
    hint: "Axes count from 0, without the batch.",
  });
}
