/** Labels as rows with a single 1. */
import {
  allocate,
  checkDType,
  checkInteger,
  checkOptions,
  type DType,
  formatShape,
  IndexError,
  shown,
  Tensor,
  unravel,
} from "@adjoint/tensor";
import { rowMajor } from "./rows.ts";

/**
 * y[i, k] = 1 where k = labels[i], 0 elsewhere.
 *
 * @param labels   integers 0 … classes − 1, of any shape, or a plain array of them
 * @param classes  number of classes, by default 10
 * @param options  `dtype` (float32)
 * @returns        [...shape of labels, classes]
 * @throws IndexError when a label is not one of the classes, naming the label and its place
 * Source: Deep Learning from Scratch, 3.6.1 (dataset/mnist.py `_change_one_hot_label`).
 */
export function oneHot<D extends DType = "float32">(
  labels: Tensor | ArrayLike<number>,
  classes = 10,
  options: { readonly dtype?: D } = {},
): Tensor<D> {
  checkOptions("oneHot", options, ["dtype"]);
  const dtype = options.dtype ?? ("float32" as D);
  checkDType("oneHot", dtype);
  checkInteger("oneHot", "classes", classes, 1, undefined, IndexError);
  const values = labels instanceof Tensor ? rowMajor(labels) : labels;
  const shape = labels instanceof Tensor ? labels.shape : [labels.length];
  const data = allocate(dtype, values.length * classes, "oneHot");
  for (let i = 0; i < values.length; i++) {
    const label = values[i];
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw IndexError.of("oneHot", "labels", label, `integers from 0 to ${classes - 1}`, {
        problem: `label ${shown(label)} at ${formatShape(unravel(i, shape))} is not a class`,
        hint: "Pass the number of classes if there are more.",
      });
    }
    data[i * classes + label] = 1;
  }
  return new Tensor(data, [...shape, classes]);
}
