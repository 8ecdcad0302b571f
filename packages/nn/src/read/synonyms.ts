/** What other frameworks call our kinds of layers and their options: asked before the nearest spelling is. */
import type { KindForm } from "../layers/kind/layer-kind.ts";

/** Names by other names, these in small letters alone; the first that is known where it is asked for is meant. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** A name in small letters, without what divides words: conv_2d and Conv2d are the same. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, "");

/** From lines `name: other names`; what is a synonym of several names means the first of them that is known. */
function synonymsOf(lines: readonly (readonly [name: string, others: string])[]): Synonyms {
  const byName = new Map<string, string[]>();
  for (const [name, others] of lines) {
    for (const other of others.split(" ")) byName.set(other, [...(byName.get(other) ?? []), name]);
  }
  return byName;
}

/** Of kinds; the beginnings of default names are names of kinds, too. */
export function kindSynonyms(kinds: readonly KindForm[]): Synonyms {
  const lines = kinds.flatMap(({ kind, synonyms }) => (synonyms === undefined ? [] : [[kind, synonyms] as const]));
  const prefixes = kinds.map(({ kind, prefix }) => [kind, plainName(prefix)] as const);
  return synonymsOf([...lines, ...prefixes]);
}

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
  }),
);
