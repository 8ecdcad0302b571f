/** The kinds of layers on sequences: embeddings, recurrent layers, attention. */
import {
  add,
  cast,
  constant,
  cos,
  cumsum,
  exp,
  index,
  mul,
  repeat,
  reshape,
  sin,
  stack,
  sub,
  unsqueeze,
  type Variable,
} from "@adjoint/autograd";
import type { DType } from "@adjoint/tensor";
import { optional } from "zod/mini";
import { attentionPlan, MultiHeadAttention } from "../../../layers/attention.ts";
import { Embedding, embeddingPlan } from "../../../layers/embedding.ts";
import { drawn } from "../../../layers/parameter-plan.ts";
import { Gru, GruCell, gruPlan, Lstm, LstmCell, lstmPlan } from "../../../layers/recurrent.ts";
import type {
  EmbeddingSpec,
  GruSpec,
  LstmSpec,
  MultiHeadAttentionSpec,
  PositionalEncodingSpec,
  PositionEmbeddingSpec,
} from "../../spec/sequences.ts";
import type { LayerKind } from "../layer-kind.ts";
import { count, flag, layerSchema, oneOf, weighted } from "../options.ts";
import { divisorsOf } from "./fixes.ts";

/** One sample of sequences. */
const sequenceAxes = ["time", "features"] as const;

export const embedding: LayerKind<EmbeddingSpec> = {
  prefix: "embedding",
  takes: "labels",
  schema: layerSchema("embedding", { vocabulary: count(1), units: count(1), ...weighted }),
  parameters: ({ vocabulary, units, weightInit }) => ({ weight: embeddingPlan(vocabulary, units, weightInit).W }),
  layer: (_, { parameters: { weight } }) => {
    const layer = new Embedding(weight);
    return ([x]) => layer.forward(x);
  },
};

export const positionEmbedding: LayerKind<PositionEmbeddingSpec> = {
  prefix: "positions",
  axes: sequenceAxes,
  schema: layerSchema("positionEmbedding", weighted),
  parameters: ({ weightInit = 0.02 }, [{ shape }]) => ({ weight: drawn(shape, weightInit, shape[0], shape[1]) }),
  layer:
    (_, { parameters: { weight } }) =>
    ([x]) =>
      add(x, weight),
};

/** 0, 1, …, n − 1 in float64. */
function upTo(n: number): Variable {
  return sub(cumsum(repeat(constant(Float64Array.of(1)), [n])), 1);
}

/** PE[t, 2i] = sin(t / 10000^(2i/D)), PE[t, 2i + 1] = cos of the same: [T, D], of ops, so that shapes alone cost nothing. */
function encodingOf(steps: number, units: number, dtype: DType): Variable {
  const rates = exp(mul(upTo(Math.ceil(units / 2)), (-2 * Math.log(10_000)) / units));
  const angles = mul(unsqueeze(upTo(steps), 1), rates);
  const pairs = reshape(stack([sin(angles), cos(angles)], { axis: 2 }), [steps, 2 * rates.size]);
  return cast(index(pairs, [{}, { stop: units }]), dtype);
}

export const positionalEncoding: LayerKind<PositionalEncodingSpec> = {
  prefix: "encoding",
  axes: sequenceAxes,
  schema: layerSchema("positionalEncoding", {}),
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      add(x, encodingOf(shape[0], shape[1], x.dtype)),
};

/** What is given of the outputs of all steps: these, or that of the last. */
function given(output: "all" | "last", y: Variable): Variable {
  return output === "all" ? y : index(y, [{}, -1]);
}

export const lstm: LayerKind<LstmSpec> = {
  prefix: "lstm",
  axes: sequenceAxes,
  schema: layerSchema("lstm", { units: count(1), output: optional(oneOf("all", "last")), ...weighted }),
  parameters: ({ units, weightInit }, [{ shape }]) => lstmPlan(shape[1], units, weightInit),
  layer: ({ output = "all" }, { parameters: { Wx, Wh, b } }) => {
    const layer = new Lstm(new LstmCell(Wx, Wh, b));
    return ([x]) => given(output, layer.forward(x));
  },
  fixes: ({ output = "all" }) => [{ output: output === "all" ? "last" : "all" }],
};

export const gru: LayerKind<GruSpec> = {
  prefix: "gru",
  axes: sequenceAxes,
  schema: layerSchema("gru", { units: count(1), output: optional(oneOf("all", "last")), ...weighted }),
  parameters: ({ units, weightInit }, [{ shape }]) => gruPlan(shape[1], units, weightInit),
  layer: ({ output = "all" }, { parameters: { Wx, Wh, bx, bh } }) => {
    const layer = new Gru(new GruCell(Wx, Wh, bx, bh));
    return ([x]) => given(output, layer.forward(x));
  },
  fixes: ({ output = "all" }) => [{ output: output === "all" ? "last" : "all" }],
};

export const multiHeadAttention: LayerKind<MultiHeadAttentionSpec> = {
  prefix: "attention",
  axes: sequenceAxes,
  schema: layerSchema("multiHeadAttention", { heads: optional(count(1)), causal: optional(flag), ...weighted }),
  parameters: ({ weightInit }, [{ shape }]) => attentionPlan(shape[1], weightInit),
  layer: ({ heads = 1, causal = false }, { parameters: { Wq, Wk, Wv, Wo, bq, bk, bv, bo } }) => {
    const layer = new MultiHeadAttention({ Wq, Wk, Wv, Wo, bq, bk, bv, bo }, { heads, causal });
    return ([x]) => layer.forward(x);
  },
  fixes: ({ heads = 1 }, [{ shape }]) => divisorsOf(shape[1] ?? 1, heads).map((divisor) => ({ heads: divisor })),
};
