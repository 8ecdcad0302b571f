/** Activation functions, and softmax and its like. */
import { mish, relu, sigmoid, softplus, softsign, type Variable } from "@adjoint/autograd";
import { sizeOf } from "@adjoint/tensor";
import type { NodeCall } from "../nodes/call.ts";
import { unary } from "./elementwise.ts";
import type { Lowering, Lowerings } from "./lowering.ts";

/** x where it is positive, else slope · x; the slope broadcasts to x. */
function prelu(node: NodeCall): Variable {
  const [x, slope] = [node.x(0), node.x(1)];
  return node.like(x, x.lt(0).where(x.mul(slope), x));
}

function shrink(node: NodeCall): Variable {
  const x = node.x();
  const [bias, lambda] = [node.float("bias", 0), node.float("lambd", 0.5)];
  return x.lt(-lambda).where(x.add(bias), x.gt(lambda).where(x.sub(bias), 0));
}

/** γ elu(x, α); by default α and γ are those of the paper, of which ONNX names the nearest float32 numbers. */
function scaledElu(node: NodeCall): Variable {
  const [alpha, gamma] = [node.float("alpha"), node.float("gamma")];
  if (alpha === undefined && gamma === undefined) return node.x().selu();
  const y = node.x().elu({ alpha: alpha ?? 1.6732631921768188 });
  return y.mul(gamma ?? 1.0507010221481323);
}

/** max(0, x) + min(0, α (e^(x/α) − 1)) = α elu(x/α). */
function celu(node: NodeCall): Variable {
  const alpha = node.float("alpha", 1);
  return alpha === 1 ? node.x().elu() : node.x().div(alpha).elu().mul(alpha);
}

/** Along one axis; before version 13 over all axes from that one on, joined. */
const alongAxis =
  (fn: (x: Variable, axis: number) => Variable): Lowering =>
  (node) => {
    const x = node.x();
    const axis = node.axis(node.int("axis", node.version < 13 ? 1 : -1), Math.max(1, x.ndim));
    if (x.ndim === 0) return fn(x.reshape([1]), 0).reshape([]);
    if (node.version >= 13 || axis === x.ndim - 1) return fn(x, axis);
    const rows = sizeOf(x.shape.slice(0, axis));
    return fn(x.reshape([rows, x.size / rows || 0]), 1).reshape(x.shape);
  };

/** 1 at the first largest element, 0 elsewhere. */
function hardmax(x: Variable, axis: number): Variable {
  const chosen = x.argmax({ axis }).oneHot(x.shape[axis], { dtype: x.dtype === "float64" ? "float64" : "float32" });
  return chosen.moveAxis(-1, axis).cast(x.dtype);
}

export const activations: Lowerings = {
  Relu: unary(relu),
  Sigmoid: unary(sigmoid),
  Softplus: unary(softplus),
  Softsign: unary(softsign),
  Mish: unary(mish),
  LeakyRelu: (node) => node.x().leakyRelu({ slope: node.float("alpha", 0.01) }),
  PRelu: prelu,
  ThresholdedRelu: (node) => node.x().gt(node.float("alpha", 1)).where(node.x(), 0),
  Elu: (node) => node.x().elu({ alpha: node.float("alpha", 1) }),
  Selu: scaledElu,
  Celu: celu,
  Gelu: (node) => node.x().gelu({ approximate: node.choice("approximate", ["none", "tanh"], "none") }),
  HardSigmoid: (node) => {
    const scaled = node.x().mul(node.float("alpha", 0.2));
    return scaled.add(node.float("beta", 0.5)).clip({ min: 0, max: 1 });
  },
  HardSwish: (node) => node.x().mul(node.x().div(6).add(0.5).clip({ min: 0, max: 1 })),
  Swish: (node) => {
    const alpha = node.float("alpha", 1);
    return alpha === 1 ? node.x().silu() : node.x().mul(node.x().mul(alpha).sigmoid());
  },
  Shrink: shrink,
  Softmax: alongAxis((x, axis) => x.softmax({ axis })),
  LogSoftmax: alongAxis((x, axis) => x.logSoftmax({ axis })),
  Hardmax: alongAxis(hardmax),
};
