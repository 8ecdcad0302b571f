/**
 * The losses that a model can end in, in the order of the reference: the form of their specs, what they need of the output,
 * and the loss itself. To add one, write it here and list it below.
 */
import { asVariable, moveAxis, reshape, type Variable, type VariableLike } from "@adjoint/autograd";
import { kernels, type RandomGenerator, type Shape, sizeOf, type Tensor } from "@adjoint/tensor";
import * as z from "zod/mini";
import { meanSquaredError } from "../../functions.ts";
import { SoftmaxWithLoss } from "../../layers/softmax-with-loss.ts";
import { binaryCrossEntropyWithLogits, crossEntropy, huberLoss, klDivergence, l1Loss, mseLoss } from "../../losses.ts";
import { described, numberIn, type OptionsOf, oneOf, optional, penalty, type SpecOf } from "../kinds/options.ts";

const base = {
  weight: optional(penalty, "What the loss is multiplied by before losses are added up, ≥ 0. Default 1."),
};

/** What any loss may say: its `weight` among several. */
export interface LossBase extends OptionsOf<typeof base> {}

/** A loss of a kind without options of its own; any loss where only its kind and weight matter. */
export interface PlainLossSpec<Kind extends string = string> extends LossBase {
  readonly kind: Kind;
}

/** What random targets are drawn for: so many samples of outputs of a shape. */
interface Wanted {
  readonly count: number;
  readonly shape: Shape;
  readonly dtype: "float32" | "float64";
}

/** A kind of loss. */
interface LossKind<Spec extends PlainLossSpec = PlainLossSpec> {
  readonly kind: Spec["kind"];
  readonly schema: z.ZodMiniObject;
  /** What a sample of the output must be, in words; null where it is right. Default: anything is. */
  readonly needs?: (shape: Shape) => string | null;
  /** Whether the target is a class: then accuracy is measured. */
  readonly classifies?: true;
  forward(spec: Spec, y: Variable, t: VariableLike): Variable;
  /** Whether it adds samples up, instead of averaging them. */
  readonly isSum?: true;
  /** Over how many terms the mean goes, where that depends on the targets; else each sample has as many. */
  terms?(spec: Spec, y: Variable, t: Tensor): number;
  /** Targets drawn at random. Default: normal numbers of the output's shape. */
  targets?(spec: Spec, generator: RandomGenerator, wanted: Wanted): Tensor;
}

/** The form of a kind of loss: its own options, and those of all losses. */
function lossForm<const Kind extends string, Shape extends z.core.$ZodShape>(
  kind: Kind,
  words: string,
  options: Shape,
) {
  return { kind, schema: described(z.strictObject({ kind: z.literal(kind), ...base, ...options }), words) };
}

function plainLoss<const Kind extends string>(
  kind: Kind,
  words: string,
  loss: (y: Variable, t: VariableLike) => Variable,
  more: Omit<LossKind, "kind" | "schema" | "forward"> = {},
): LossKind<PlainLossSpec<Kind>> {
  return { ...lossForm(kind, words, {}), ...more, forward: (_, y, t) => loss(y, t) };
}

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

const crossEntropyForm = lossForm(
  "crossEntropy",
  "The mean cross entropy of softmax(scores), exact for unlikely classes, with labels or rows of probabilities; also for sequences and images of scores. The one to use, unless the book's numbers are wanted.",
  {
    labelSmoothing: optional(
      numberIn("0 ≤ labelSmoothing < 1", { low: 0, below: 1 }),
      "Share of each target that is spread evenly over all classes, 0 ≤ … < 1. Default 0.",
    ),
    ignoreIndex: optional(
      z.int({ error: "must be an integer" }),
      "Positions with this label do not count. Default: none.",
    ),
    classes: optional(
      oneOf("first", "last"),
      'Which axis of a sample holds the classes: "first" for images [classes, H, W]. Default "last".',
    ),
  },
);

export interface CrossEntropySpec extends SpecOf<typeof crossEntropyForm> {}

const crossEntropyKind: LossKind<CrossEntropySpec> = {
  ...crossEntropyForm,
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
  targets: ({ classes }, generator, { count, shape }) => {
    const first = classes === "first" && shape.length > 1;
    const positions = first ? shape.slice(1) : shape.slice(0, -1);
    return generator.integers(0, first ? shape[0] : shape[shape.length - 1], [count, ...positions]);
  },
};

const huberForm = lossForm("huber", "Square near, linear beyond delta.", {
  delta: optional(numberIn("delta > 0", { above: 0 }), "Where it becomes linear, > 0. Default 1."),
});

export interface HuberSpec extends SpecOf<typeof huberForm> {}

const huber: LossKind<HuberSpec> = {
  ...huberForm,
  forward: ({ delta = 1 }, y, t) => huberLoss(y, t, { delta }),
};

const allLosses = [
  plainLoss(
    "softmaxWithLoss",
    "The book's softmax with cross entropy, −log(p + 1e-7): rows of scores, and labels or one-hot rows. Its gradient is y − t scaled by p / (p + 1e-7), so it vanishes where the network is confidently wrong (2 % is left when scores differ by 20); crossEntropy learns there too.",
    (y, t) => new SoftmaxWithLoss().forward(y, t),
    {
      needs: (shape) => (shape.length === 1 ? null : "one row of scores, [classes]"),
      classifies: true,
      targets: (_, generator, { count, shape }) => generator.integers(0, sizeOf(shape), [count]),
    },
  ),
  crossEntropyKind,
  plainLoss(
    "binaryCrossEntropyWithLogits",
    "The mean binary cross entropy of sigmoid(y), targets 0 … 1 (others are refused), without overflow.",
    binaryCrossEntropyWithLogits,
    {
      classifies: true,
      targets: (_, generator, { count, shape, dtype }) => generator.bernoulli([count, ...shape], { dtype }),
    },
  ),
  plainLoss(
    "meanSquaredError",
    "The book's ½ Σ (y − t)², a sum over the batch and no mean: larger batches have larger losses. See mse for the mean.",
    meanSquaredError,
    { isSum: true },
  ),
  plainLoss("mse", "The mean of (y − t)².", mseLoss),
  plainLoss("l1", "The mean of |y − t|.", l1Loss),
  huber,
  plainLoss(
    "klDivergence",
    "The Kullback-Leibler divergence of e^y from the target distribution; y are log-probabilities, as of logSoftmax. Targets are rows of probabilities.",
    klDivergence,
    {
      needs: (shape) => (shape.length === 1 ? null : "one row of log-probabilities, [classes]"),
      targets: (_, generator, { count, shape, dtype }) => {
        const positive = generator.uniform([count, ...shape], { low: 0.5, high: 1.5, dtype });
        return kernels.div(positive, kernels.sum(positive, -1, true));
      },
    },
  ),
] as const;

type SpecOfLoss<Kind> = Kind extends LossKind<infer Spec> ? Spec : never;

/** The losses in full. */
export type FullLossSpec = SpecOfLoss<(typeof allLosses)[number]>;

/** The names of losses. */
export type LossName = FullLossSpec["kind"];

/** A loss: its name, or its name and options. */
export type LossSpec = LossName | FullLossSpec;

/** A loss of one kind in full: `LossSpecOf<"huber">`. */
export type LossSpecOf<Kind extends LossName> = Extract<FullLossSpec, { readonly kind: Kind }>;

/** The losses by name. */
export const losses: ReadonlyMap<string, LossKind> = new Map(allLosses.map((kind: LossKind) => [kind.kind, kind]));

/** A loss in full. */
export function fullLoss(loss: LossSpec): FullLossSpec {
  return typeof loss === "string" ? ({ kind: loss } as FullLossSpec) : loss;
}

/** The kind of a loss. */
export function lossKind({ kind }: FullLossSpec): LossKind {
  return losses.get(kind) as LossKind;
}
