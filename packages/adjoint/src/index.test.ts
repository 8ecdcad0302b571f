import { describe, expect, it } from "vitest";
import * as adjoint from "./index.ts";

const packages = {
  tensor: await import("@adjoint/tensor"),
  autograd: await import("@adjoint/autograd"),
  nn: await import("@adjoint/nn"),
  optim: await import("@adjoint/optim"),
  data: await import("@adjoint/data"),
  explorer: await import("@adjoint/explorer"),
};

/** The names that programs in documents and courses call. */
const names = {
  tensor: "tensor zeros ones full arange linspace eye scalar rng Tensor RandomGenerator setKernels convOutputSize",
  errors: "AdjointError ShapeError DTypeError IndexError GraphError SpecError DataError",
  autograd: `variable constant defineOp noGrad grad valueAndGrad vjp jvp hvp jacobian hessian numericalGradient
    gradcheck graphOf toDot scope detectAnomaly`,
  ops: `add sub mul div pow neg abs sign square sqrt exp expm1 log log1p sin cos tanh sigmoid relu leakyRelu elu silu
    softplus erf gelu maximum minimum clip where eq ne lt le gt ge sum mean max min prod var std logsumexp norm argmax
    argmin cumsum matmul dot einsum tril triu reshape transpose permute squeeze unsqueeze flatten repeat sumTo slice padSlice
    concat stack split pad flip roll gather scatterAdd indexSelect oneHot sort topk im2col col2im softmax logSoftmax
    cast detach`,
  nn: `model build summary Affine Relu Sigmoid SoftmaxWithLoss Dropout BatchNormalization Convolution Pooling
    TwoLayerNet MultiLayerNet MultiLayerNetExtend SimpleConvNet DeepConvNet identityFunction stepFunction sigmoidGrad
    reluGrad meanSquaredError crossEntropyError softmaxLoss`,
  optim: "SGD Momentum Nesterov AdaGrad RMSprop Adam Trainer",
  data: "loadDigits loadMnist shuffleDataset smoothCurve trainTestSplit",
  explorer: "toSvg lineChart",
};

describe("adjoint", () => {
  it.each(Object.entries(names))("has the names of %s as functions and classes", (_, list) => {
    const missing = list
      .split(/\s+/)
      .filter((name) => typeof (adjoint as Record<string, unknown>)[name] !== "function");
    expect(missing).toEqual([]);
  });

  it("has the namespaces layers and kernels, of functions", () => {
    for (const namespace of [adjoint.layers, adjoint.kernels]) {
      expect(Object.values(namespace).map((value) => typeof value)).toContain("function");
    }
    expect(typeof adjoint.kernels.im2col).toBe("function");
    expect(typeof adjoint.layers.convolution).toBe("function");
  });

  it("gives every name one meaning: where two packages export it, they export the same thing", () => {
    const owners = new Map<string, [owner: string, value: unknown]>();
    const conflicts: string[] = [];
    for (const [owner, contents] of Object.entries(packages)) {
      // Of tensor only some names are taken over, so that relu(x) is the op and kernels.relu(t) the kernel.
      for (const [name, value] of Object.entries(contents)) {
        if (owner === "tensor" && !(name in adjoint)) continue;
        // The op does to Variables (and so to Tensors) what the function of data does to Tensors.
        if (name === "oneHot") continue;
        const other = owners.get(name);
        if (other !== undefined && other[1] !== value) conflicts.push(`${name}: ${other[0]} and ${owner}`);
        owners.set(name, [owner, value]);
      }
    }
    expect(conflicts).toEqual([]);
  });

  it("has one oneHot, for labels of data and for indices in a graph", () => {
    const labels = adjoint.tensor([2, 0], { dtype: "int32" });
    expect(adjoint.oneHot(labels, 3).toArray()).toEqual(packages.data.oneHot(labels, 3).toArray());
  });

  it("leaves out nothing of the packages it stands for: a name that two of them export would silently vanish", () => {
    const { tensor: _, ...whole } = packages;
    const expected = Object.values(whole).flatMap((contents) => Object.keys(contents));
    expect(expected.filter((name) => !(name in adjoint))).toEqual([]);
  });
});
