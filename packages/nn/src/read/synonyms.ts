/** Names of kinds and options in other frameworks, tried before the nearest spelling. */
import type { KindForm } from "../layers/kind/layer-kind.ts";

/** Known names by other names, which are in lower case. The first name that is valid at a place counts. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** A name in lower case without separators: conv_2d and Conv2d are the same. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, "");

/** Synonyms from lines `name: other names`. */
function synonymsOf(lines: readonly (readonly [name: string, others: string])[]): Synonyms {
  const byName = new Map<string, string[]>();
  for (const [name, others] of lines) {
    for (const other of others.split(" ")) byName.set(other, [...(byName.get(other) ?? []), name]);
  }
  return byName;
}

/** Synonyms of kinds of layers or losses; prefixes of default names count, too. */
export function kindSynonyms(
  kinds: readonly (Pick<KindForm, "kind" | "synonyms"> & Partial<Pick<KindForm, "prefix">>)[],
): Synonyms {
  const lines = kinds.flatMap(({ kind, synonyms }) => (synonyms === undefined ? [] : [[kind, synonyms] as const]));
  const prefixes = kinds.flatMap(({ kind, prefix }) =>
    prefix === undefined ? [] : [[kind, plainName(prefix)] as const],
  );
  return synonymsOf([...lines, ...prefixes]);
}

/** Of the values that options name: ways to draw initial weights, optimizers. */
export const valueSynonyms: Synonyms = synonymsOf(
  Object.entries({
    he: "henormal kaiming kaimingnormal msra",
    heUniform: "kaiminguniform",
    glorotNormal: "xaviernormal",
    glorotUniform: "xavieruniform glorot",
    lecunNormal: "lecun",
    nesterov: "nag",
    first: "channelsfirst",
    last: "channelslast",
  }),
);

/** Of the options of layers, and of the fields of a model. */
export const optionSynonyms: Synonyms = synonymsOf(
  Object.entries({
    kind: "type layertype class",
    from: "inputs input source",
    filters: "outchannels channels numfilters nfilters outputchannels",
    units:
      "outfeatures features outputsize outputdim neurons width dim embeddingdim hidden hiddensize hiddenunits outputs nodes size",
    size: "kernelsize kernel poolsize filtersize window outputsize",
    stride: "strides step",
    pad: "padding pads",
    outputPad: "outputpadding",
    countPad: "countincludepad",
    mask: "paddingmask keypaddingmask attentionmask",
    dilation: "dilationrate dilations",
    bias: "usebias",
    ratio: "rate p dropout dropoutrate probability",
    vocabulary: "vocab vocabsize vocabularysize numembeddings inputdim",
    output: "returnsequences returnsequence",
    slope: "alpha negativeslope",
    alpha: "slope",
    heads: "numheads nheads nhead head",
    groups: "numgroups ngroups",
    causal: "iscausal",
    epsilon: "eps",
    factor: "scale scalefactor size",
    shape: "targetshape dims",
    axes: "axis dim dims perm",
    axis: "axes dim",
    repeat: "times repeats depth",
    weightInit: "init initializer kernelinitializer weightinitializer",
    weightDecay: "l2 decay regularization",
    widths: "padding pads pad",
    input: "inputshape inputsize shape",
    loss: "criterion lossfunction objective",
    metrics: "metric",
    training: "train fit trainer",
    epochs: "epoch numepochs passes",
    batchSize: "batch minibatch minibatchsize samples",
    optimizer: "optim algorithm solver",
    lr: "learningrate rate stepsize",
    schedule: "lrschedule scheduler decay",
    warmup: "warmupsteps",
    validation: "validationsplit validationshare",
    earlyStop: "earlystopping patience",
    keepBest: "savebest restorebest best",
    bestBy: "monitor metric",
  }),
);
