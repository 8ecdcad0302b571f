/** Activation functions, and softmax and its like. */
import {
  add,
  argmax,
  cast,
  clip,
  div,
  elu,
  gelu,
  gt,
  leakyRelu,
  logSoftmax,
  lt,
  mish,
  moveAxis,
  mul,
  oneHot,
  relu,
  reshape,
  selu,
  sigmoid,
  silu,
  softmax,
  softplus,
  softsign,
  sub,
  type Variable,
  where,
} from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import { unary } from "./elementwise.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/** x where it is positive, else slope · x; the slope broadcasts to x. */
function prelu(node: NodeCall): Variable {
  const [x, slope] = [node.x(0), node.x(1)];
  return node.like(x, where(lt(x, 0), mul(x, slope), x));
}

function shrink(node: NodeCall): Variable {
  const x = node.x();
  const [bias, lambda] = [node.float("bias", 0), node.float("lambd", 0.5)];
  return where(lt(x, -lambda), add(x, bias), where(gt(x, lambda), sub(x, bias), 0));
}

/** γ elu(x, α); by default α and γ are those of the paper, of which ONNX names the nearest float32 numbers. */
function scaledElu(node: NodeCall): Variable {
  const [alpha, gamma] = [node.float("alpha"), node.float("gamma")];
  if (alpha === undefined && gamma === undefined) return selu(node.x());
  return mul(elu(node.x(), { alpha: alpha ?? 1.6732631921768188 }), gamma ?? 1.0507010221481323);
}

/** max(0, x) + min(0, α (e^(x/α) − 1)) = α elu(x/α). */
function celu(node: NodeCall): Variable {
  const alpha = node.float("alpha", 1);
  return alpha === 1 ? elu(node.x()) : mul(elu(div(node.x(), alpha)), alpha);
}

/** Along one axis; before version 13 over all axes from that one on, joined. */
const alongAxis =
  (fn: (x: Variable, axis: number) => Variable): Lowering =>
  (node) => {
    const x = node.x();
    const axis = node.axis(node.int("axis", node.version < 13 ? 1 : -1), Math.max(1, x.ndim));
    if (x.ndim === 0) return reshape(fn(reshape(x, [1]), 0), []);
    if (node.version >= 13 || axis === x.ndim - 1) return fn(x, axis);
    const rows = sizeOf(x.shape.slice(0, axis));
    return reshape(fn(reshape(x, [rows, x.size / rows || 0]), 1), x.shape);
  };

/** 1 at the first largest element, 0 elsewhere. */
function hardmax(x: Variable, axis: number): Variable {
  const chosen = oneHot(argmax(x, { axis }), x.shape[axis], { dtype: x.dtype === "float64" ? "float64" : "float32" });
  return cast(moveAxis(chosen, -1, axis), x.dtype);
}

export const activations: Lowerings = {
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Softsign: unary(softsign),
  Mish: unary(mish),
  LeakyRelu: (node) => leakyRelu(node.x(), { slope: node.float("alpha", 0.01) }),
  PRelu: prelu,
  ThresholdedRelu: (node) => where(gt(node.x(), node.float("alpha", 1)), node.x(), 0),
  Elu: (node) => elu(node.x(), { alpha: node.float("alpha", 1) }),
  Selu: scaledElu,
  Celu: celu,
  Gelu: (node) => gelu(node.x(), { approximate: node.choice("approximate", ["none", "tanh"], "none") }),
  HardSigmoid: (node) => {
    const scaled = mul(node.x(), node.float("alpha", 0.2));
    return clip(add(scaled, node.float("beta", 0.5)), { min: 0, max: 1 });
  },
  HardSwish: (node) => mul(node.x(), clip(add(div(node.x(), 6), 0.5), { min: 0, max: 1 })),
  Swish: (node) => {
    const alpha = node.float("alpha", 1);
    return alpha === 1 ? silu(node.x()) : mul(node.x(), sigmoid(mul(node.x(), alpha)));
  },
  Shrink: shrink,
  Softmax: alongAxis((x, axis) => softmax(x, { axis })),
  LogSoftmax: alongAxis((x, axis) => logSoftmax(x, { axis })),
  Hardmax: alongAxis(hardmax),
};
