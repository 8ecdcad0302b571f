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
import { type DType, ShapeError } from "@adjoint/tensor";
import { type AttentionParameters, attentionPlan, MultiHeadAttention } from "../../../layers/attention.ts";
import { Embedding, embeddingPlan } from "../../../layers/embedding.ts";
import { drawn } from "../../../layers/parameter-plan.ts";
import { Gru, GruCell, gruPlan, Lstm, LstmCell, lstmPlan } from "../../../layers/recurrent.ts";
import type { LayerKind } from "../layer-kind.ts";
import {
  count,
  described,
  flag,
  layerForm,
  oneOf,
  optional,
  type PlainLayerSpec,
  type SpecOf,
  weighted,
} from "../options.ts";
import { divisorsOf } from "./fixes.ts";

/** One sample of sequences. */
const sequenceAxes = ["time", "features"] as const;

const embeddingForm = layerForm("embedding", "A row of a table for each label: [...] of integers → [..., units].", {
  vocabulary: described(count(1), "Number of labels: they are 0 … vocabulary − 1."),
  units: described(count(1), "Length of a row."),
  ...weighted,
});

export interface EmbeddingSpec extends SpecOf<typeof embeddingForm> {}

export const embedding: LayerKind<EmbeddingSpec> = {
  ...embeddingForm,
  synonyms: "embed lookup",
  takes: "labels",
  parameters: ({ vocabulary, units, weightInit }) => ({ weight: embeddingPlan(vocabulary, units, weightInit).W }),
  layer: (_, { parameters: { weight } }) => new Embedding(weight),
};

const positionForm = layerForm(
  "positionEmbedding",
  "A learned row added at each time step: [T, D] → [T, D].",
  weighted,
);

export interface PositionEmbeddingSpec extends SpecOf<typeof positionForm> {}

export const positionEmbedding: LayerKind<PositionEmbeddingSpec> = {
  ...positionForm,
  prefix: "positions",
  synonyms: "positionalembedding learnedpositions",
  axes: sequenceAxes,
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

export const positionalEncoding: LayerKind<PlainLayerSpec<"positionalEncoding">> = {
  ...layerForm(
    "positionalEncoding",
    "Sines and cosines of the time added, not learned: [T, D] → [T, D]. Vaswani et al. 2017.",
    {},
  ),
  prefix: "encoding",
  synonyms: "sinusoidalencoding sinusoidalpositions",
  axes: sequenceAxes,
  layer:
    (_, { inputs: [{ shape }] }) =>
    ([x]) =>
      add(x, encodingOf(shape[0], shape[1], x.dtype)),
};

/** Every step takes more than one op: of so many, no model may have more. They are counted before they are cut apart. */
const MOST_STEPS = 100_000;

/** @throws ShapeError for sequences so long that cutting them into steps would fill the memory */
function checkSteps(op: string, steps: number): void {
  if (steps <= MOST_STEPS) return;
  const most = MOST_STEPS.toLocaleString("en-US");
  throw new ShapeError({
    op,
    problem: `the sequences have ${steps.toLocaleString("en-US")} steps, more than ${most}`,
    argument: "x",
    expected: `at most ${most} steps`,
    received: String(steps),
    hint: "Cut them into shorter ones.",
  });
}

/** What is given of the outputs of all steps: these, or that of the last. */
function given(output: "all" | "last", y: Variable): Variable {
  return output === "all" ? y : index(y, [{}, -1]);
}

const recurrent = {
  units: described(count(1), "Length of the state."),
  output: optional(oneOf("all", "last"), 'The output of every step, or of the last alone. Default "all".'),
  ...weighted,
};

const lstmForm = layerForm(
  "lstm",
  "A long short-term memory over a sequence: [T, D] → [T, units], or [units].",
  recurrent,
);

export interface LstmSpec extends SpecOf<typeof lstmForm> {}

export const lstm: LayerKind<LstmSpec, "units"> = {
  ...lstmForm,
  alone: ["units", "number"],
  axes: sequenceAxes,
  parameters: ({ units, weightInit }, [{ shape }]) => lstmPlan(shape[1], units, weightInit),
  layer: ({ output = "all" }, { inputs: [{ shape }], parameters: { Wx, Wh, b } }) => {
    checkSteps("lstm", shape[0]);
    const layer = new Lstm(new LstmCell(Wx, Wh, b));
    return ([x]) => given(output, layer.forward(x));
  },
  fixes: ({ output = "all" }) => [{ output: output === "all" ? "last" : "all" }],
};

const gruForm = layerForm("gru", "Gated recurrent units over a sequence: [T, D] → [T, units], or [units].", recurrent);

export interface GruSpec extends SpecOf<typeof gruForm> {}

export const gru: LayerKind<GruSpec, "units"> = {
  ...gruForm,
  alone: ["units", "number"],
  axes: sequenceAxes,
  parameters: ({ units, weightInit }, [{ shape }]) => gruPlan(shape[1], units, weightInit),
  layer: ({ output = "all" }, { inputs: [{ shape }], parameters: { Wx, Wh, bx, bh } }) => {
    checkSteps("gru", shape[0]);
    const layer = new Gru(new GruCell(Wx, Wh, bx, bh));
    return ([x]) => given(output, layer.forward(x));
  },
  fixes: ({ output = "all" }) => [{ output: output === "all" ? "last" : "all" }],
};

const attentionForm = layerForm("multiHeadAttention", "Self-attention with several heads: [T, D] → [T, D].", {
  heads: optional(count(1), "Number of heads; divides D. Default 1."),
  causal: optional(flag, "Whether a step attends to itself and earlier ones alone. Default false."),
  ...weighted,
});

export interface MultiHeadAttentionSpec extends SpecOf<typeof attentionForm> {}

export const multiHeadAttention: LayerKind<MultiHeadAttentionSpec> = {
  ...attentionForm,
  prefix: "attention",
  synonyms: "attention selfattention mha multiheadselfattention multiheadedattention",
  axes: sequenceAxes,
  parameters: ({ weightInit }, [{ shape }]) => attentionPlan(shape[1], weightInit),
  layer: ({ heads = 1, causal = false }, { parameters }) =>
    new MultiHeadAttention(parameters as unknown as AttentionParameters, { heads, causal }),
  fixes: ({ heads = 1 }, [{ shape }]) => divisorsOf(shape[1] ?? 1, heads).map((divisor) => ({ heads: divisor })),
};
