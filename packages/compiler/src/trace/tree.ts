/**
 * What compiled functions take and give: Variables in records and lists, beside plain values that are part of the
 * program.
 */
import { asVariable, Variable } from "@adjoint/autograd";
import { formatShape, GraphError, kindOf, shown, Tensor } from "@adjoint/tensor";

/** Values taken apart. */
export interface Tree {
  /** The Variables in it, in order. */
  readonly leaves: readonly Variable[];
  /** What to call each: the key that it stands at, or its place. */
  readonly names: readonly string[];
  /** Equal for values that differ in their Variables alone, and those have the same shapes and dtypes. */
  readonly signature: string;
  /** The values again, with others in place of the Variables. */
  rebuild(leaves: readonly Variable[]): unknown[];
}

/** Deepest nesting: far beyond any batch, and a bound for what holds itself. */
const deepest = 100;

type Rebuild = (leaves: readonly Variable[]) => unknown;

/**
 * Takes the arguments of a function apart.
 *
 * @param unites  whether a Variable that comes several times is one leaf. Default: it is a leaf each time
 * @throws GraphError for what is neither a Variable, a Tensor nor plain, with its place
 */
export function treeOfArguments(op: string, args: readonly unknown[], unites = false): Tree {
  return treeOf(op, args, (i) => [`argument ${i}`, `input ${i}`], { unites });
}

/**
 * Takes the result of a function apart.
 * @throws GraphError for what is neither a Variable nor plain, with its place
 */
export function treeOfResult(op: string, result: unknown): Tree {
  return treeOf(op, [result], () => ["the result", "result"], { isResult: true });
}

/** Takes values apart; `placeOf` says what errors call each, and what the Variables in it are called. */
function treeOf(
  op: string,
  values: readonly unknown[],
  placeOf: (i: number) => readonly [at: string, name: string],
  { isResult = false, unites = false },
): Tree {
  const leaves: Variable[] = [];
  const names: string[] = [];
  const signature: string[] = [];
  const walk = (part: unknown, at: string, name: string, depth: number): Rebuild => {
    if (part instanceof Variable || (part instanceof Tensor && !isResult)) {
      const x = asVariable(op, part, at);
      const known = unites ? leaves.indexOf(x) : -1;
      if (known >= 0) {
        signature.push(`=${known}`);
        return (others) => others[known];
      }
      signature.push(`${x.dtype}${formatShape(x.shape)}${x.requiresGrad ? "∂" : ""}`);
      names.push(x.name ?? name);
      const index = leaves.push(x) - 1;
      return (others) => others[index];
    }
    if (part === null || ["undefined", "boolean", "string", "number", "bigint"].includes(typeof part)) {
      signature.push(plainText(part));
      return () => part;
    }
    if (depth === deepest) throw unfit(op, at, `${kindOf(part)}, nested deeper than ${deepest} levels`, isResult);
    if (Array.isArray(part)) {
      signature.push("[");
      // Gaps of a list are undefined, as they are for whoever reads them.
      const parts = Array.from(part, (x, i) => walk(x, `${at}[${i}]`, `${name}[${i}]`, depth + 1));
      signature.push("]");
      return (others) => parts.map((rebuild) => rebuild(others));
    }
    const prototype = typeof part === "object" ? Object.getPrototypeOf(part) : undefined;
    if (prototype !== null && prototype !== Object.prototype) throw unfit(op, at, kindOf(part), isResult);
    signature.push("{");
    const parts = Object.entries(part as object).map(([key, x]) => {
      signature.push(`${JSON.stringify(key)}:`);
      return [key, walk(x, `${at}.${key}`, key, depth + 1)] as const;
    });
    signature.push("}");
    return (others) => Object.fromEntries(parts.map(([key, rebuild]) => [key, rebuild(others)]));
  };
  const rebuilds = values.map((value, i) => walk(value, ...placeOf(i), 0));
  return {
    leaves,
    names,
    signature: signature.join(" "),
    rebuild: (others) => rebuilds.map((rebuild) => rebuild(others)),
  };
}

/** A plain value as text, which no other one has. */
function plainText(part: unknown): string {
  if (typeof part === "string") return JSON.stringify(part);
  if (typeof part === "bigint") return `${part}n`;
  return Object.is(part, -0) ? "-0" : String(part);
}

function unfit(op: string, at: string, kind: string, isResult: boolean): GraphError {
  return GraphError.of(op, at, shown(kind), "Variables, in records and lists if there are several", {
    problem: `${at} is ${kind}`,
    hint: isResult
      ? "Return Variables, and read their values outside of the function."
      : "Pass only what differs between calls; the function reads the rest from outside.",
  });
}
