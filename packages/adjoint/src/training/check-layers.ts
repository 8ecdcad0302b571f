/**
 * Gradient check of a model, layer by layer and entry by entry: the book's 5.7.4 for every parameter there is.
 */
import { abs, constant, mul, noGrad, numericalGradient, sum, type Variable, variable } from "@adjoint/autograd";
import { type Model, SoftmaxWithLoss } from "@adjoint/nn";
import { type Generator, kernels, rng, type Shape, sizeOf, Tensor, tensor } from "@adjoint/tensor";

/** One tensor of one layer: the gradient that the graph gives against central differences. */
export interface LayerCheck {
  /** Name of the layer, for example "conv1". */
  readonly layer: string;
  /** Name of the parameter, for example "conv1.weight"; "input" for what comes into the layer. */
  readonly parameter: string;
  readonly shape: Shape;
  /** Number of entries compared: all there are. */
  readonly entries: number;
  /** Largest |graph − numerical|. */
  readonly maxDifference: number;
  /** Largest |numerical|: what the difference is to be compared with. */
  readonly largest: number;
  /** How far the two may differ when the gradient is right. */
  readonly tolerance: number;
  /** Where the tolerance comes from. */
  readonly reason: string;
  readonly ok: boolean;
}

/** Options of {@link checkLayers}. */
export interface LayerCheckOptions {
  /** Number of samples that run through each layer. Default 2. */
  readonly batchSize?: number;
  /** Seed of inputs and upstream gradients. Default 0. */
  readonly seed?: number;
  /** Step of the differences. Default 1e-4, as in the book. */
  readonly h?: number;
}

/** Layers that are linear in their input and in each parameter, at least piece by piece: differences are exact. */
const piecewiseLinear = new Set(["affine", "convolution", "relu", "pooling", "dropout", "flatten", "reshape"]);

/** Half the distance from 1 to the next float64: the largest relative error of one rounding. */
const roundoff = 2 ** -53;

/**
 * Compares, for every layer of a model, the gradients of its input and of all its parameters with the book's
 * numericalGradient.
 *
 * Every layer is run alone, f = Σ ȳ · layer(x), with a random upstream gradient ȳ; the last row is the loss with random
 * labels. The entries of x are a shuffled ladder, no two closer than 2h and none closer than h to 0, so that no
 * difference steps over a kink of relu or max. Dropout runs as at test time, where it draws nothing.
 *
 * Tolerance of an entry: n·u·S/h + t. With u = 2⁻⁵³, S the sum of the magnitudes of all terms of f, and n the length of
 * the longest sum on the way, f is off by at most n·u·S, and a central difference by that over h. t = h²/6·f‴ is 0
 * where f is piecewise linear; elsewhere it is measured, as the difference between steps 2h and h (which is 3t).
 *
 * @param model a float64 model
 */
export function checkLayers(model: Model, options: LayerCheckOptions = {}): LayerCheck[] {
  const { batchSize = 2, seed = 0, h = 1e-4 } = options;
  const random = rng(seed);
  const checks: LayerCheck[] = [];
  for (const layer of model.layers) {
    const x = variable(ladder([batchSize, ...layer.inputShape], random.split(), h), { name: "input" });
    const forward = (input: Variable): Variable => layer.forward(input, { train: layer.kind !== "dropout" });
    const upstream = constant(random.split().uniform(forward(x).shape, { low: -1, high: 1, dtype: "float64" }));
    checks.push(
      ...checkTensors({
        layer: layer.name,
        f: () => sum(mul(forward(x), upstream)),
        tensors: { input: x, ...layer.parameters },
        linear: piecewiseLinear.has(layer.kind),
        longestSum: upstream.size + sizeOf(layer.inputShape),
        magnitude: () => sum(abs(mul(forward(x), upstream))).item(),
        h,
      }),
    );
  }
  const [last] = model.layers.slice(-1);
  const scores = variable(ladder([batchSize, ...last.outputShape], random.split(), h), { name: "input" });
  const classes = last.outputShape[last.outputShape.length - 1];
  const labels = tensor(
    Array.from({ length: batchSize }, (_, i) => i % classes),
    { dtype: "int32" },
  );
  const loss = new SoftmaxWithLoss();
  checks.push(
    ...checkTensors({
      layer: "loss",
      f: () => loss.forward(scores, labels),
      tensors: { input: scores },
      linear: false,
      longestSum: scores.size,
      magnitude: () => Math.abs(loss.forward(scores, labels).item()) + 2,
      h,
    }),
  );
  return checks;
}

/** What is needed to check the gradients of one function of several tensors. */
interface Subject {
  readonly layer: string;
  readonly f: () => Variable;
  readonly tensors: Readonly<Record<string, Variable>>;
  readonly linear: boolean;
  readonly longestSum: number;
  /** f with every term replaced by its magnitude; called while all tensors are made positive. */
  readonly magnitude: () => number;
  readonly h: number;
}

function checkTensors(subject: Subject): LayerCheck[] {
  const { layer, f, tensors, linear, h } = subject;
  for (const x of Object.values(tensors)) x.zeroGrad();
  f().backward();
  const rounding = (subject.longestSum * roundoff * magnitudeOf(subject)) / h;
  return Object.entries(tensors).map(([parameter, x]) => {
    const numerical = numericalGradient(f, x, { h });
    const wider = linear ? numerical : numericalGradient(f, x, { h: 2 * h });
    const truncation = distance(numerical, wider);
    const maxDifference = x.grad === null ? Number.NaN : distance(x.grad.value, numerical);
    const tolerance = rounding + truncation;
    x.zeroGrad();
    return {
      layer,
      parameter,
      shape: x.shape,
      entries: x.size,
      maxDifference,
      largest: Number(kernels.max(kernels.abs(numerical)).item()),
      tolerance,
      reason: linear ? "rounding; piecewise linear" : "rounding + truncation",
      ok: maxDifference <= tolerance,
    };
  });
}

/** The magnitude of f's terms: f at the magnitudes of all its tensors, which are put back afterwards. */
function magnitudeOf({ tensors, magnitude }: Subject): number {
  const all = Object.values(tensors);
  const values = all.map((x) => kernels.copy(x.value));
  all.forEach((x, i) => {
    x.assign(kernels.abs(values[i]));
  });
  try {
    return noGrad(magnitude);
  } finally {
    all.forEach((x, i) => {
      x.assign(values[i]);
    });
  }
}

/** Evenly spaced numbers from −1 to 1 (further apart when they are so many that they would come closer than 2h). */
function ladder(shape: Shape, random: Generator, h: number): Tensor {
  const size = sizeOf(shape);
  const reach = Math.max(1, 4 * h * size);
  const order = random.permutation(size).data;
  return new Tensor(
    Float64Array.from(order, (place) => reach * ((2 * place + 1) / size - 1)),
    shape,
  );
}

/** The largest difference between two tensors of one shape. */
function distance(a: Tensor, b: Tensor): number {
  return Number(kernels.max(kernels.abs(kernels.sub(a, b))).item());
}
