/** Names of Python variables: from names of layers, Variables and ops, each once. */

/** What Python and the written program use themselves. */
const reserved = [
  "False None True and as assert async await break class continue def del elif else except finally for from global if import",
  "in is lambda nonlocal not or pass raise return try while with yield match case type print range len sum min max abs list",
  "dict set int float bool str any all zip map iter next dir vars id input open round pow hash slice object super",
  "jax jnp np lax math P step predict state new name grad main",
]
  .join(" ")
  .split(" ");

/** A name in Python's manner: `layerNorm1` as layer_norm1, `W1` as W1, other signs as underscores. */
export function snake(text: string): string {
  const words = text
    .replace(/([a-z])([A-Z])(?=[a-z])/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  const lower = /^[A-Z]\w?$/.test(words) ? words : words.replace(/[A-Z][a-z]+/g, (word) => word.toLowerCase());
  return /^[A-Za-z]/.test(lower) ? lower : `_${lower}`;
}

/** Parts of a scope, a number with what it counts: `encoder/1/attention` as encoder1 and attention. */
function partsOf(scope: string): string[] {
  return scope
    .replace(/\/(\d+)(?=\/|$)/g, "$1")
    .split("/")
    .map(snake);
}

/** Names of layers: as much of a scope's path as tells it from the others, its end first, then its beginning. */
export function layerNames(scopes: Iterable<string>): ReadonlyMap<string, string> {
  const all = [...new Set(scopes)].filter((scope) => scope !== "");
  const formsOf = (scope: string): string[] => {
    const parts = partsOf(scope);
    const last = parts.at(-1) as string;
    const forms = [[last], parts.slice(-2), [parts[0], last], parts];
    return forms.map((form) => form.join("_"));
  };
  const forms = all.map(formsOf);
  const counts = [0, 1, 2, 3].map((k) => {
    const count = new Map<string, number>();
    for (const form of forms) count.set(form[k], (count.get(form[k]) ?? 0) + 1);
    return count;
  });
  const shortest = (own: readonly string[]): string =>
    own.find((form, k) => counts[k].get(form) === 1) ?? (own.at(-1) as string);
  return new Map(all.map((scope, i) => [scope, shortest(forms[i])]));
}

export class Names {
  private readonly taken: Set<string>;

  constructor(others: Iterable<string> = []) {
    this.taken = new Set([...reserved, ...others]);
  }

  /** A name for the moment, with a number where it is taken or in use; others may have it afterwards. */
  passing(wanted: string, isInUse: (name: string) => boolean): string {
    const base = snake(wanted);
    let own = base;
    for (let i = 2; this.taken.has(own) || isInUse(own); i++) own = `${base}_${i}`;
    return own;
  }

  /** The name, or with a number where it is taken, or in use for the moment. */
  unique(wanted: string, isInUse: (name: string) => boolean = () => false): string {
    const own = this.passing(wanted, isInUse);
    this.taken.add(own);
    return own;
  }
}

/** What the result of an op is called where it has no name. */
export const nouns: Readonly<Record<string, string>> = {
  add: "added",
  neg: "negative",
  sub: "difference",
  mul: "product",
  div: "quotient",
  matmul: "product",
  sum: "total",
  max: "largest",
  min: "smallest",
  maximum: "larger",
  minimum: "smaller",
  sqrt: "root",
  norm: "norm",
  softmax: "probabilities",
  logSoftmax: "log_probabilities",
  gather: "picked",
  indexSelect: "rows",
  argmax: "place",
  argmin: "place",
  argsort: "order",
  where: "chosen",
  reshape: "reshaped",
  transpose: "transposed",
  slice: "part",
  padSlice: "padded",
  concat: "joined",
  square: "squared",
  im2col: "windows",
  convolve: "convolved",
  maxPool: "pooled",
  randomBernoulli: "mask",
  randomUniform: "noise",
  randomNormal: "noise",
  eq: "is_equal",
  ne: "is_other",
  lt: "is_below",
  le: "is_at_most",
  gt: "is_above",
  ge: "is_at_least",
};
