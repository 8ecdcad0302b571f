/** The losses that a model can end in: the form of their specs, what they need of the output, and the loss itself. */
import { asVariable, moveAxis, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { kernels, type Shape, type Tensor } from "@adjoint/tensor";
import * as z from "zod/mini";
import { meanSquaredError } from "../../functions.ts";
import { SoftmaxWithLoss } from "../../layers/softmax-with-loss.ts";
import { binaryCrossEntropyWithLogits, crossEntropy, huberLoss, klDivergence, l1Loss, mseLoss } from "../../losses.ts";
import { numberIn, oneOf, penalty } from "../kinds/options.ts";
import type { FullLossSpec, LossName, LossSpec } from "../spec/losses.ts";

/** A kind of loss. */
interface LossKind<Spec> {
  readonly schema: z.ZodMiniObject;
  /** What a sample of the output must be, in words; null where anything is right. */
  readonly needs: (shape: Shape) => string | null;
  /** Whether the target is a class: then accuracy is measured. */
  readonly classifies: boolean;
  readonly forward: (spec: Spec, y: Variable, t: VariableLike) => Variable;
  /** Whether it adds samples up, instead of averaging them. */
  readonly isSum?: true;
  /** Over how many terms the mean goes, where that depends on the targets; else each sample has as many. */
  readonly terms?: (spec: Spec, y: Variable, t: Tensor) => number;
}

function lossSchema<Options extends z.core.$ZodShape>(kind: string, options: Options) {
  return z.strictObject({ kind: z.literal(kind), weight: z.optional(penalty), ...options });
}

const anything = (): null => null;

/** Scores as rows, the classes last: [N, ..., C] or [N, C, ...] → [N · positions, C]. */
export function rowsOfScores(y: Variable, classes: "first" | "last"): Variable {
  const last = classes === "first" && y.ndim > 2 ? moveAxis(y, 1, -1) : y;
  return last.ndim <= 2 ? last : reshape(last, [last.size / last.shape[last.ndim - 1], last.shape[last.ndim - 1]]);
}

/** Targets for those rows: labels, or distributions in the form of the scores. */
export function rowsOfTargets(t: VariableLike, y: Variable, classes: "first" | "last"): Variable {
  const target = asVariable("crossEntropy", t, "t");
  if (y.ndim <= 2) return target;
  if (target.ndim === y.ndim) return rowsOfScores(target, classes);
  return reshape(target, [target.size]);
}

/** The losses by name. */
export const losses: { readonly [Name in LossName]: LossKind<Extract<FullLossSpec, { kind: Name }>> } = {
  softmaxWithLoss: {
    schema: lossSchema("softmaxWithLoss", {}),
    needs: (shape) => (shape.length === 1 ? null : "one row of scores, [classes]"),
    classifies: true,
    forward: (_, y, t) => new SoftmaxWithLoss().forward(y, t),
  },
  crossEntropy: {
    schema: lossSchema("crossEntropy", {
      labelSmoothing: z.optional(numberIn("0 ≤ labelSmoothing < 1", { low: 0, below: 1 })),
      ignoreIndex: z.optional(z.int({ error: "must be a whole number" })),
      classes: z.optional(oneOf("first", "last")),
    }),
    needs: (shape) => (shape.length > 0 ? null : "scores, [classes] or [..., classes]"),
    classifies: true,
    forward: ({ labelSmoothing = 0, ignoreIndex, classes = "last" }, y, t) =>
      crossEntropy(rowsOfScores(y, classes), rowsOfTargets(t, y, classes), {
        labelSmoothing,
        ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
      }),
    terms: ({ ignoreIndex, classes = "last" }, y, t) => {
      const [count] = rowsOfScores(y, classes).shape;
      return ignoreIndex === undefined || t.size !== count
        ? count
        : kernels.copy(t).data.filter((label: number) => label !== ignoreIndex).length;
    },
  },
  binaryCrossEntropyWithLogits: {
    schema: lossSchema("binaryCrossEntropyWithLogits", {}),
    needs: anything,
    classifies: true,
    forward: (_, y, t) => binaryCrossEntropyWithLogits(y, t),
  },
  meanSquaredError: {
    schema: lossSchema("meanSquaredError", {}),
    isSum: true,
    needs: anything,
    classifies: false,
    forward: (_, y, t) => meanSquaredError(y, t),
  },
  mse: { schema: lossSchema("mse", {}), needs: anything, classifies: false, forward: (_, y, t) => mseLoss(y, t) },
  l1: { schema: lossSchema("l1", {}), needs: anything, classifies: false, forward: (_, y, t) => l1Loss(y, t) },
  huber: {
    schema: lossSchema("huber", { delta: z.optional(numberIn("delta > 0", { above: 0 })) }),
    needs: anything,
    classifies: false,
    forward: ({ delta = 1 }, y, t) => huberLoss(y, t, { delta }),
  },
  klDivergence: {
    schema: lossSchema("klDivergence", {}),
    needs: (shape) => (shape.length === 1 ? null : "one row of log-probabilities, [classes]"),
    classifies: false,
    forward: (_, y, t) => klDivergence(y, t),
  },
};

/** A loss in full. */
export function fullLoss(loss: LossSpec): FullLossSpec {
  return typeof loss === "string" ? { kind: loss } : loss;
}

/** The kind of a loss. */
export function lossKind({ kind }: FullLossSpec): LossKind<FullLossSpec> {
  return losses[kind] as LossKind<FullLossSpec>;
}
