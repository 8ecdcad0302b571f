/** What other frameworks call our kinds of layers and their options: asked before the nearest spelling is. */

/** Names by other names, these in small letters alone; the first that is known where it is asked for is meant. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** A name in small letters, without what divides words: conv_2d and Conv2d are the same. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[_\-\s]/g, "");

/** From lines `name: other names`; what is a synonym of several names means the first of them that is known. */
function synonymsOf(lines: Readonly<Record<string, string>>): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  for (const [name, others] of Object.entries(lines)) {
    for (const other of others.split(" ")) byName.set(other, [...(byName.get(other) ?? []), name]);
  }
  return byName;
}

const kinds = synonymsOf({
  affine: "dense linear fc fullyconnected lineartransform",
  convolution: "conv conv2d convolution2d convolutional",
  transposedConvolution: "conv2dtranspose convtranspose convtranspose2d deconvolution deconv transposedconv2d",
  pooling: "pool maxpool maxpool2d maxpooling maxpooling2d",
  averagePooling: "avgpool avgpool2d avgpooling averagepool averagepooling2d",
  globalAveragePooling: "globalavgpool globalpool globalpooling globalaveragepooling2d gap",
  adaptiveAveragePooling: "adaptiveavgpool adaptiveavgpool2d adaptivepool",
  upsampling: "upsample upsampling2d",
  leakyRelu: "lrelu",
  silu: "swish",
  batchNormalization: "batchnorm batchnorm1d batchnorm2d bn",
  layerNormalization: "layernorm ln",
  groupNormalization: "groupnorm gn",
  embedding: "embed lookup",
  positionEmbedding: "positionalembedding learnedpositions",
  positionalEncoding: "sinusoidalencoding sinusoidalpositions",
  multiHeadAttention: "attention selfattention mha multiheadselfattention multiheadedattention",
  transpose: "permute",
  reshape: "view",
  concat: "concatenate cat",
  multiply: "mul product",
  add: "sum plus",
  block: "sequential stack",
  residual: "skip resnetblock shortcut",
});

/** Of kinds; the beginnings of default names are names of kinds, too. */
export function kindSynonyms(prefixes: Iterable<readonly [kind: string, prefix: string]>): Synonyms {
  const all = new Map<string, readonly string[]>(kinds);
  for (const [kind, prefix] of prefixes) {
    const name = plainName(prefix);
    all.set(name, [...(all.get(name) ?? []), kind]);
  }
  return all;
}

/** Of the options of layers, and of the fields of a model. */
export const optionSynonyms: Synonyms = synonymsOf({
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
});
