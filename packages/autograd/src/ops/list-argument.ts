/** Shapes and axes as arguments: an array, or an object that holds one. Loose numbers are refused with a word of help. */
import { checkKind, type Shape, ShapeError } from "@adjoint/tensor";

function refuse(op: string, argument: string, given: unknown): never {
  throw ShapeError.of(op, argument, given, "an array of integers", {
    hint: `Pass ${argument} as one array, for example ${op}([${argument === "axes" ? "1, 0" : "2, 3"}]).`,
  });
}

/** The shape that was given. @throws ShapeError when it is neither an array nor an object with one */
export function shapeArgument(op: string, given: Shape | { readonly shape: Shape }): Shape {
  if (Array.isArray(given)) return given as Shape;
  const shape = (given as { readonly shape?: unknown } | null | undefined)?.shape;
  return Array.isArray(shape) ? (shape as Shape) : refuse(op, "shape", given);
}

/** Refuses anything but a list of Variables. @throws SpecError when it is not an array */
export function checkVariables(op: string, xs: unknown): void {
  const hint = `Pass the Variables as one array: ${op}([a, b]).`;
  checkKind(op, "xs", xs, Array.isArray(xs), "an array of Variables", hint);
}

/** The axes that were given, if any. @throws ShapeError when they are neither an array nor an object with one */
export function axesArgument(
  op: string,
  given: readonly number[] | { readonly axes?: readonly number[] } | undefined,
): readonly number[] | undefined {
  if (given === undefined || Array.isArray(given)) return given as readonly number[] | undefined;
  if (given === null || typeof given !== "object") refuse(op, "axes", given);
  const { axes } = given as { readonly axes?: readonly number[] };
  return axes === undefined || Array.isArray(axes) ? axes : refuse(op, "axes", given);
}
