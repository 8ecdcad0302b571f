/**
 * What a step computed, as an expression: derived from the recorded nodes, with the step's own values as symbols. So
 * `∂W = xᵀ · ∂y` stands on the page because a transpose and a product were recorded, not because a table says so.
 */
import type { GraphData } from "@adjoint/autograd";
import { isBracketed, isFormula, shapeText, shortened, wordOf } from "../labels.ts";

/** An expression: a value with its symbol, or an op applied to others. */
export type Expression =
  | { readonly kind: "value"; readonly node: number; readonly symbol: string }
  | {
      readonly kind: "op";
      /** The recorded node with its value; null where none has it. */
      readonly node: number | null;
      readonly op: string;
      readonly attributes: object;
      readonly shape: readonly number[];
      readonly args: readonly Expression[];
    }
  | { readonly kind: "one" };

const longestSymbol = 24;

/** The symbol of the gradient of a value: `∂x`, and `∂(x · W)` where that could be read otherwise. */
export function gradientSymbol(symbol: string): string {
  return isBracketed(symbol) ? `∂(${symbol})` : `∂${symbol}`;
}

/** The letters of inputs that have no name, by how many inputs there are, and of results. */
const letters: readonly (readonly string[])[] = [[], ["x"], ["a", "b"], ["a", "b", "c"]];
const spareLetters = ["u", "v", "p", "q", "r", "s"] as const;
const resultLetters = ["y", "z", "h"] as const;

const namesOfGraphs = new WeakMap<GraphData, ReadonlySet<string>>();

/** The names in a graph: no letter may stand for a value where another one is called so. */
function namesIn(graph: GraphData): ReadonlySet<string> {
  const known = namesOfGraphs.get(graph);
  if (known !== undefined) return known;
  const names = new Set(graph.nodes.flatMap(({ name }) => name ?? []));
  namesOfGraphs.set(graph, names);
  return names;
}

/** The symbol of an op's result. */
export function resultSymbol(graph: GraphData, id: number): string {
  const { name } = graph.nodes[id];
  if (name !== undefined) return shortened(name, longestSymbol);
  const names = namesIn(graph);
  return resultLetters.find((letter) => !names.has(letter)) ?? `n${id}`;
}

/** The symbol of an op's input: its name, or a letter. */
export function inputSymbol(graph: GraphData, id: number, input: number): string {
  const { inputs } = graph.nodes[id];
  const { name } = graph.nodes[inputs[input]];
  if (name !== undefined) return shortened(name, longestSymbol);
  const names = namesIn(graph);
  const own = letters[inputs.length]?.[input] ?? `x${input + 1}`;
  if (!names.has(own)) return own;
  const spare = spareLetters.filter((letter) => !names.has(letter));
  // Two inputs without names need two letters.
  return spare[input] ?? `n${inputs[input]}`;
}

function symbolsOf(graph: GraphData, id: number, upstream: number | null): Map<number, string> {
  const { inputs } = graph.nodes[id];
  const symbols = new Map<number, string>();
  for (const [i, input] of inputs.entries()) if (!symbols.has(input)) symbols.set(input, inputSymbol(graph, id, i));
  symbols.set(id, resultSymbol(graph, id));
  if (upstream !== null) symbols.set(upstream, gradientSymbol(resultSymbol(graph, id)));
  return symbols;
}

/** What a forward node computes. */
export function forwardExpression(graph: GraphData, id: number): Expression {
  const { op, attributes, inputs, shape } = graph.nodes[id];
  const args = inputs.map(
    (node, i): Expression => ({ kind: "value", node, symbol: constantOr(graph, node, inputSymbol(graph, id, i)) }),
  );
  return { kind: "op", node: id, op: op ?? "", attributes, shape, args };
}

/** A constant stands for its number, which is told from the value where the expression is written. */
function constantOr({ nodes }: GraphData, id: number, symbol: string): string {
  const { op, name, role, shape } = nodes[id];
  return op === null && name === undefined && role !== "parameter" && shape.every((n) => n === 1) ? "" : symbol;
}

/** What the rule of a forward node computed for one of its inputs, from the gradient that arrived. */
export function backwardExpression(graph: GraphData, id: number, upstream: number, gradient: number): Expression {
  const symbols = symbolsOf(graph, id, upstream);
  const visit = (at: number, depth: number): Expression => {
    const node = graph.nodes[at];
    const symbol = symbols.get(at);
    if (symbol !== undefined)
      return { kind: "value", node: at, symbol: at === upstream ? symbol : constantOr(graph, at, symbol) };
    const isOwn = node.role === "gradient" && node.op !== null && node.gradientOf === id;
    if (!isOwn || depth > 12) {
      return {
        kind: "value",
        node: at,
        symbol: constantOr(graph, at, shortened(node.name ?? `n${at}`, longestSymbol)),
      };
    }
    const args = node.inputs.map((input) => visit(input, depth + 1));
    // Axes of length 1 that come or go change nothing that is read here.
    if (node.op === "reshape" && sameButOnes(graph.nodes[node.inputs[0]].shape, node.shape)) return args[0];
    return { kind: "op", node: at, op: node.op as string, attributes: node.attributes, shape: node.shape, args };
  };
  return visit(gradient, 0);
}

function sameButOnes(a: readonly number[], b: readonly number[]): boolean {
  const long = (shape: readonly number[]): string => shape.filter((n) => n !== 1).join();
  return long(a) === long(b);
}

/** The expression with 1 for the gradient that arrived: the local derivative of an op that works element by element. */
export function localExpression(expression: Expression, upstream: number): Expression {
  if (expression.kind === "one") return expression;
  if (expression.kind === "value") return expression.node === upstream ? { kind: "one" } : expression;
  const args = expression.args.map((arg) => localExpression(arg, upstream));
  if (expression.op === "mul") {
    const rest = args.filter(({ kind }) => kind !== "one");
    if (rest.length === 1) return rest[0];
    if (rest.length === 0) return { kind: "one" };
  }
  if (expression.op === "div" && args[1].kind === "one") return args[0];
  return { ...expression, args };
}

/** How an expression is written: what stands for a value, and the words for sums and repetitions. */
export interface Writing {
  /** Of a value; null: its symbol. */
  readonly valueOf: (node: number, symbol: string) => string;
  readonly summed: (what: string, axes: readonly number[], from: readonly number[]) => string;
  readonly repeated: (what: string, shape: string) => string;
  readonly shapeOf: (node: number) => readonly number[];
}

/** How tightly operators bind. */
const infix: ReadonlyMap<string, readonly [sign: string, binding: number]> = new Map([
  ["add", ["+", 1]],
  ["sub", ["−", 1]],
  ["mul", ["×", 2]],
  ["matmul", ["·", 2]],
  ["div", ["/", 2]],
  ["gt", [">", 0]],
  ["lt", ["<", 0]],
  ["ge", ["≥", 0]],
  ["le", ["≤", 0]],
  ["eq", ["=", 0]],
]);

/** Whether a transpose swaps the last two axes, which is written as `Aᵀ`. */
export function isMatrixTranspose(attributes: object): boolean {
  const { axes } = attributes as { readonly axes?: readonly number[] };
  if (axes === undefined || axes.length < 2) return false;
  const n = axes.length;
  return axes[n - 1] === n - 2 && axes[n - 2] === n - 1 && axes.slice(0, -2).every((axis, i) => axis === i);
}

/** The expression as text. */
export function written(expression: Expression, writing: Writing, isOutermost = true): string {
  return write(expression, writing, isOutermost)[0];
}

function write(
  expression: Expression,
  writing: Writing,
  isOutermost = false,
): readonly [text: string, binding: number] {
  if (expression.kind === "one") return ["1", 9];
  if (expression.kind === "value") {
    const text = writing.valueOf(expression.node, expression.symbol);
    // A number below zero, or a name that is a formula, needs brackets; so do powers of ten where they are squared.
    const binding = text.startsWith("−") ? 3 : /\d·10/.test(text) ? 3.5 : 9;
    return [text, text === expression.symbol && isFormula(text) ? 0 : binding];
  }
  const { op, args, attributes } = expression;
  const operator = infix.get(op);
  if (operator !== undefined && args.length === 2) {
    const [sign, binding] = operator;
    const [left, right] = args.map((arg) => write(arg, writing));
    // a − (b + c) and a / (b · c) need their brackets, also where both bind alike.
    const isStrict = op === "sub" || op === "div";
    const a = left[1] < binding ? `(${left[0]})` : left[0];
    const b = right[1] < binding || (isStrict && right[1] === binding) || right[1] === 3 ? `(${right[0]})` : right[0];
    return [`${a} ${sign} ${b}`, binding];
  }
  const [first, inner] = args.length === 0 ? ["", 9] : write(args[0], writing);
  const tight = inner < 4 ? `(${first})` : first;
  if (op === "neg") return [`−${inner < 2 || first.startsWith("−") ? `(${first})` : first}`, 3];
  if (op === "transpose" && isMatrixTranspose(attributes)) return [`${tight}ᵀ`, 9];
  if (op === "square") return [`${tight}²`, 8];
  if (op === "pow" && args.length === 2) return [`${tight}^${write(args[1], writing)[0]}`, 8];
  if (op === "exp") return [`exp(${first})`, 9];
  if (op === "sqrt") return [`√${tight}`, 8];
  const node = nodeOf(args[0]);
  if (op === "sum" && isOutermost) {
    const { axes = [] } = attributes as { readonly axes?: readonly number[] };
    return [writing.summed(tight, axes, node === null ? [] : writing.shapeOf(node)), 0];
  }
  if (op === "repeat" && isOutermost) return [writing.repeated(tight, shapeText(expression.shape)), 0];
  // Within an expression a number stands for as many copies as it meets, as in textbooks.
  if (op === "repeat") return [first, inner];
  if (op === "sum") return [`Σ${tight}`, 8];
  return [`${wordOf(op)}(${args.map((arg) => write(arg, writing)[0]).join(", ")})`, 9];
}

function nodeOf(expression: Expression | undefined): number | null {
  return expression === undefined || expression.kind === "one" ? null : expression.node;
}

/** A part of an expression that is drawn: a tensor with its symbol, or a sign between. */
export type Part =
  | { readonly kind: "tensor"; readonly node: number; readonly symbol: string }
  /** A value that no recorded node has: what it is computed from. */
  | { readonly kind: "computed"; readonly of: Expression; readonly symbol: string }
  | { readonly kind: "sign"; readonly text: string };

/** The expression as tensors and signs, in the order in which they are read. */
export function partsOf(expression: Expression, writing: Writing, binding = 0, isOutermost = true): readonly Part[] {
  const sign = (text: string): Part => ({ kind: "sign", text });
  if (expression.kind === "one") return [sign("1")];
  if (expression.kind === "value") {
    const symbol = writing.valueOf(expression.node, expression.symbol);
    return [{ kind: "tensor", node: expression.node, symbol }];
  }
  const { op, args, node, attributes } = expression;
  // What only turns a value around is drawn as it is then.
  const [first] = args;
  if (op === "transpose" && first?.kind === "value" && node !== null && isMatrixTranspose(attributes)) {
    return [
      {
        kind: "tensor",
        node,
        symbol: `${write(first, writing)[1] < 4 ? `(${first.symbol})` : writing.valueOf(first.node, first.symbol)}ᵀ`,
      },
    ];
  }
  // A sum within an expression is drawn as what it gives.
  if (op === "repeat" && !isOutermost) return partsOf(first, writing, binding, false);
  if (op === "sum" && !isOutermost) {
    const symbol = written(expression, writing, false);
    return [node === null ? { kind: "computed", of: expression, symbol } : { kind: "tensor", node, symbol }];
  }
  const operator = infix.get(op);
  if (operator !== undefined && args.length === 2) {
    const parts = [
      ...partsOf(args[0], writing, operator[1], false),
      sign(operator[0]),
      ...partsOf(args[1], writing, operator[1] + 1, false),
    ];
    return operator[1] < binding ? [sign("("), ...parts, sign(")")] : parts;
  }
  if (op === "neg") return [sign("−"), ...partsOf(first, writing, 3, false)];
  const inner = args.flatMap((arg, i) => [...(i === 0 ? [] : [sign(",")]), ...partsOf(arg, writing, 0, false)]);
  return [sign(`${op === "sum" ? "Σ" : wordOf(op)}(`), ...inner, sign(")")];
}
