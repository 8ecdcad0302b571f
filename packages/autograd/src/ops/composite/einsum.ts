/** einsum: products and sums over named axes, composed of diagonals (slices), sums, transposes and matrix products. */
import { checkKind, formatShape, type Shape, ShapeError, sizeOf } from "@adjoint/tensor";
import { asVariable } from "../../core/leaf.ts";
import type { Variable, VariableLike } from "../../core/variable.ts";
import { diagonal } from "../diagonal.ts";
import { matmul } from "../matmul.ts";
import { repeat, sum } from "../repeat-sum.ts";
import { reshape, transpose } from "../reshape-transpose.ts";

/** An operand with a name for each axis. */
interface Labelled {
  readonly x: Variable;
  readonly labels: readonly string[];
}

function fail(equation: string, problem: string, hint: string): never {
  throw new ShapeError({
    op: "einsum",
    problem: `"${equation}": ${problem}`,
    argument: "equation",
    expected: 'terms of letters, one for each operand, such as "ij,jk->ik"',
    received: equation,
    hint,
  });
}

/** Names of the axes that an ellipsis stands for: counted from the last, so that they broadcast. */
function ellipsisNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `...${count - 1 - i}`);
}

/** The names of one term's axes, given how many there are. */
function namesOf(equation: string, term: string, ndim: number, operand: number): string[] {
  const [before, after, more] = term.split("...");
  const letters = before + (after ?? "");
  if (!/^[A-Za-z]*$/.test(letters) || more !== undefined) {
    fail(equation, `"${term}" is no term`, "Terms are letters, with one ... at the most.");
  }
  const rest = ndim - letters.length;
  if (after === undefined ? rest !== 0 : rest < 0) {
    const problem = `"${term}" names ${letters.length} axes, operand ${operand} has ${ndim}`;
    fail(equation, problem, "Give one letter for each axis, or ... for the others.");
  }
  return after === undefined ? [...before] : [...before, ...ellipsisNames(rest), ...after];
}

/** The axes of one name are brought together, on the diagonal. */
function withoutTwice(equation: string, { x, labels }: Labelled): Labelled {
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice === undefined) return { x, labels };
  const first = labels.indexOf(twice);
  const second = labels.indexOf(twice, first + 1);
  const n = x.shape[first];
  if (x.shape[second] !== n) {
    const lengths = `${n} and ${x.shape[second]}`;
    fail(equation, `axis "${twice}" has lengths ${lengths} in one operand`, "A diagonal needs axes of equal length.");
  }
  const kept = labels.filter((_, i) => i !== first && i !== second);
  const y = diagonal(x, { axes: [first, second] });
  return withoutTwice(equation, { x: y, labels: [...kept, twice] });
}

/** Sums over the axes that nothing else names. */
function summed({ x, labels }: Labelled, isNeeded: Needed): Labelled {
  const axis = labels.map((_, i) => i).filter((i) => !isNeeded(labels[i]));
  if (axis.length === 0) return { x, labels };
  return { x: sum(x, { axis }), labels: labels.filter(isNeeded) };
}

/** Whether the result, or an operand that is still to come, has an axis of that name. */
type Needed = (label: string) => boolean;

/** The axes in the order of `order`, those that are not there left out; joined to the given groups. */
function arranged({ x, labels }: Labelled, groups: readonly (readonly string[])[], lengths: Lengths): Variable {
  const order = groups.flat();
  const moved = transpose(
    x,
    order.map((label) => labels.indexOf(label)),
  );
  const sizes = groups.map((group) => sizeOf(shapeOf(group, lengths)));
  return reshape(repeat(moved, shapeOf(order, lengths)), sizes);
}

type Lengths = ReadonlyMap<string, number>;

/** The lengths of the axes of these names. */
function shapeOf(labels: readonly string[], lengths: Lengths): Shape {
  return labels.map((label) => lengths.get(label) as number);
}

/** The product of two operands, summed over what is not needed later: one batched matrix product. */
function contracted(a: Labelled, b: Labelled, isNeeded: Needed, lengths: Lengths): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter(isNeeded);
  const inner = shared.filter((label) => !isNeeded(label));
  const left = a.labels.filter((label) => !shared.includes(label));
  const right = b.labels.filter((label) => !shared.includes(label));
  const y = matmul(arranged(a, [batch, left, inner], lengths), arranged(b, [batch, inner, right], lengths));
  const labels = [...batch, ...left, ...right];
  return { x: reshape(y, shapeOf(labels, lengths)), labels };
}

/** The length of every named axis, where 1 stands for any. @throws ShapeError where operands disagree */
function lengthsOf(equation: string, operands: readonly Labelled[]): Lengths {
  const lengths = new Map<string, number>();
  for (const { x, labels } of operands) {
    labels.forEach((label, i) => {
      const n = x.shape[i];
      const before = lengths.get(label);
      if (before !== undefined && before !== n && before !== 1 && n !== 1) {
        const shapes = operands.map((operand) => formatShape(operand.x.shape)).join(", ");
        const name = label.startsWith("...") ? `axis -${Number(label.slice(3)) + 1} of the ...` : `axis "${label}"`;
        const problem = `${name} has lengths ${before} and ${n} (operands ${shapes})`;
        fail(equation, problem, "Axes of one name have one length, or length 1, which is repeated.");
      }
      lengths.set(label, before === undefined || before === 1 ? n : before);
    });
  }
  return lengths;
}

/** The names of the result's axes; without an arrow the ellipsis, then names that occur once, in alphabetical order. */
function outputNames(equation: string, output: string | undefined, all: readonly string[], dots: number): string[] {
  if (output === undefined) {
    const once = all.filter((label) => !label.startsWith("...") && all.indexOf(label) === all.lastIndexOf(label));
    return [...ellipsisNames(dots), ...once.sort()];
  }
  const letters = output.replace("...", "").length;
  const labels = namesOf(equation, output, output.includes("...") ? letters + dots : letters, -1);
  const stranger = labels.find((label) => !all.includes(label));
  if (stranger !== undefined) {
    fail(equation, `the result's axis "${stranger}" is in no operand`, "Name axes of the operands alone.");
  }
  if (new Set(labels).size !== labels.length) {
    fail(equation, "the result names an axis twice", "Name each axis of the result once.");
  }
  return labels;
}

/**
 * Einstein's summation: the product of all operands, summed over the axes that the result does not name.
 *
 * `einsum("ij,jk->ik", a, b)` is the matrix product, `"bij,bkj->bik"` one with a batch, `"ii->i"` the diagonal,
 * `"ij->"` the sum, `"i,j->ij"` the outer product, `"...ij,...jk->...ik"` one over any leading axes, which broadcast.
 * Without `->` the result has the axes of the ellipsis, then those named once, in alphabetical order.
 *
 * An axis of length 1 is repeated to the length that another operand has for its name, as in NumPy.
 * Operands are multiplied from left to right; each pair is one batched matrix product.
 *
 * @throws ShapeError when the equation does not fit the operands
 * Source: NumPy's einsum, whose semantics these are.
 */
export function einsum(equation: string, ...operands: readonly VariableLike[]): Variable {
  const hint = 'The equation comes first: einsum("ij,jk->ik", a, b).';
  checkKind("einsum", "equation", equation, typeof equation === "string", "a string", hint);
  const [input, output, more] = equation.replace(/\s/g, "").split("->");
  const terms = input.split(",");
  if (more !== undefined) fail(equation, "there are two arrows", "Write one -> at the most.");
  if (operands.length === 0 || terms.length !== operands.length) {
    const counts = `there are ${terms.length} terms and ${operands.length} operands`;
    fail(equation, counts, "Give one term for each operand, separated by commas.");
  }
  const variables = operands.map((x, i) => asVariable("einsum", x, `operand ${i}`));
  const labels = variables.map((x, i) => namesOf(equation, terms[i], x.ndim, i));
  const named = variables.map((x, i) => withoutTwice(equation, { x, labels: labels[i] }));
  const lengths = lengthsOf(equation, named);
  const dots = [...lengths.keys()].filter((label) => label.startsWith("...")).length;
  const result = outputNames(equation, output, labels.flat(), dots);
  /** The last operand that has an axis of that name; beyond them all where the result has one. */
  const last = new Map(named.flatMap(({ labels }, k) => labels.map((label) => [label, k] as const)));
  for (const label of result) last.set(label, named.length);
  const neededAfter =
    (k: number): Needed =>
    (label) =>
      (last.get(label) as number) > k;
  let product = summed(named[0], neededAfter(0));
  for (let k = 1; k < named.length; k++) {
    const isNeeded = neededAfter(k);
    const { labels: others } = product;
    const next = summed(named[k], (label) => isNeeded(label) || others.includes(label));
    const rest = summed(product, (label) => isNeeded(label) || next.labels.includes(label));
    product = contracted(rest, next, isNeeded, lengths);
  }
  const order = result.map((label) => product.labels.indexOf(label));
  return repeat(transpose(product.x, order), shapeOf(result, lengths));
}

export default {
  einsum: (x: VariableLike, equation: string, ...others: readonly VariableLike[]): Variable =>
    einsum(equation, x, ...others),
};
