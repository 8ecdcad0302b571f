/**
 * An audit of the checker: random functions with right and with wrong rules, whose derivatives are known in closed
 * form, and what gradcheck says of them. Whether a gradient is right is decided by its numbers alone.
 */
import {
  add,
  constant,
  defineOp,
  detach,
  div,
  exp,
  grad,
  log,
  mul,
  sub,
  sum,
  type Variable,
  variable,
} from "@adjoint/autograd";
import { kernels, rng, type Tensor, tensor } from "@adjoint/tensor";
import { gradcheck } from "../gradcheck.ts";
import { type KnownFunction, knownFunctions } from "./known-functions.ts";

/** Kinds of inputs. */
export const inputKinds = ["ordinary", "zero", "tiny", "huge", "mixed", "offset", "vanishing", "cancelling"] as const;
export type InputKind = (typeof inputKinds)[number];

/** What gradcheck says of one entry. */
export type Said = "ok" | "unsure" | "WRONG" | "kink";

/** One entry of one case: what is true, and what was said. */
export interface AuditedEntry {
  readonly kind: InputKind;
  readonly right: boolean;
  readonly said: Said;
  /** For people: the whole case. */
  readonly text: string;
}

/** What is checked. */
export interface AuditOptions {
  readonly dtype: "float32" | "float64";
  readonly order: 1 | 2;
  readonly mode: "full" | "projected";
}

type Rule = KnownFunction["rule"];

/** What each mistake makes of a rule. */
const mistakes = {
  half: (rule) => (x) => mul(rule(x), 0.5),
  double: (rule) => (x) => mul(rule(x), 2),
  "3 % too large": (rule) => (x) => mul(rule(x), 1.03),
  sign: (rule) => (x) => mul(rule(x), -1),
  zero: () => (x) => mul(x, 0),
  constant: () => (x) => add(mul(x, 0), 1),
  term: (rule) => (x) => add(rule(x), x),
  detached: (rule) => (x) => rule(detach(x)),
} satisfies Readonly<Record<string, (rule: Rule) => Rule>>;

type Mistake = keyof typeof mistakes | "none";

/** Draws numbers one at a time. */
class Draws {
  private readonly generator: ReturnType<typeof rng>;

  constructor(seed: number) {
    this.generator = rng(seed);
  }

  between(low: number, high: number): number {
    return low + (high - low) * Number(this.generator.uniform([1], { dtype: "float64" }).data[0]);
  }

  one<Value>(list: readonly Value[]): Value {
    return list[Math.floor(this.between(0, list.length))];
  }

  sign(): number {
    return this.between(-1, 1) < 0 ? -1 : 1;
  }
}

/** The op of a known function, with a rule that may be mistaken. */
function opOf({ name, kernel, rule }: KnownFunction, mistake: Mistake): (x: Variable) => Variable {
  const derivative = mistake === "none" ? rule : mistakes[mistake](rule);
  return defineOp({
    name: `known_${name}`,
    infer: ([x]) => x,
    forward: ([x]) => kernel(x),
    backward: [({ grad: upstream, inputs: [x] }) => mul(upstream, derivative(x as Variable))],
  });
}

/** The four operations of kernels, or of ops. */
type Arithmetic<X> = Readonly<Record<"add" | "sub" | "mul" | "div", (a: X | number, b: X | number) => X>> &
  Readonly<Record<"exp" | "log", (x: X) => X>>;

/** Computations of x that lose digits to numbers of size c on the way; their derivative is 1. */
const detours: Readonly<Record<string, <X>(by: Arithmetic<X>, x: X, c: number) => X>> = {
  "x + c − c": ({ add, sub }, x, c) => sub(add(x, c), c),
  "c − (c − x)": ({ sub }, x, c) => sub(c, sub(c, x)),
  "((x + c)/3 − c/3) · 3": ({ add, sub, mul, div }, x, c) => mul(sub(div(add(x, c), 3), c / 3), 3),
  "log(e to the (x + c)) − c": ({ add, sub, exp, log }, x, c) => {
    const most = Math.min(Math.abs(c), 50);
    return sub(log(exp(add(x, most))), most);
  },
};

type Detour = (x: Variable) => Variable;

/**
 * One of the detours, written in ops, or as an op that hides its numbers: there they are not so large that their
 * rounding looks like a function of its own.
 */
function detourOf(draws: Draws, dtype: "float32" | "float64"): { readonly name: string; readonly through: Detour } {
  const [name, compute] = draws.one(Object.entries(detours));
  const isHidden = draws.between(0, 1) < 0.5;
  const c = draws.sign() * 10 ** draws.between(-4, isHidden && dtype === "float32" ? 2.5 : 7);
  if (!isHidden)
    return { name: `${name} in ops, c = ${c}`, through: (x) => compute({ add, sub, mul, div, exp, log }, x, c) };
  const through = defineOp({
    name: "detour",
    infer: ([x]) => x,
    forward: ([x]) => compute(kernels as Arithmetic<Tensor>, x, c),
    backward: [({ grad: upstream }) => upstream],
  });
  return { name: `${name}, c = ${c}`, through: (x) => through(x) };
}

/** A number of the size that the kind is about, in the domain of the function. */
function entryOf(draws: Draws, kind: InputKind, f: KnownFunction, dtype: "float32" | "float64"): number {
  const { domain } = f;
  const sign = domain === "positive" ? 1 : draws.sign();
  const widest = dtype === "float64" ? 300 : 36;
  const ordinary = (): number => (domain === "above -1" && sign < 0 ? 0.9 : 2) * draws.between(0.05, 1) * sign;
  switch (kind) {
    case "zero":
      return domain === "positive" ? ordinary() : 0;
    case "tiny":
      return sign * 10 ** draws.between(-widest, -4);
    case "huge":
      return (domain === undefined ? sign : 1) * 10 ** draws.between(2, widest);
    case "mixed":
      return entryOf(draws, draws.one(["ordinary", "zero", "tiny", "huge"] as const), f, dtype);
    case "cancelling":
      return sign * 10 ** draws.between(dtype === "float64" ? -16 : -8, 0.3) * (domain === "above -1" ? 0.4 : 1);
    default:
      return ordinary();
  }
}

/** Whether the closed form is as exact as it is taken for: it hardly changes when x changes by a rounding or two. */
function isSettled(f: (x: number) => number, x: number): boolean {
  const [at, near] = [f(x), f(x * (1 + 2 ** -50))];
  return Number.isFinite(at) && Math.abs(at - near) <= 1e-8 * Math.abs(at);
}

/** Each entry, the place that a detour brings it to, and places as far away on both sides. */
function lost(through: Detour, x: Tensor): number[][] {
  const there = through(constant(x)).value;
  return Array.from(x.data as Float64Array, (at, i) => {
    const off = 4 * Math.abs((there.data[i] as number) - at);
    return [-1, -0.5, -0.25, 0, 0.25, 0.5, 1].map((share) => at + share * off);
  });
}

/** Whether a gradient is off by more than 1 % from each of these. */
function isFarFromAll(given: number, all: readonly number[]): boolean {
  return all.every((exact) => Math.abs(given - exact) > 0.01 * Math.max(Math.abs(exact), Math.abs(given)));
}

/** One random case; null where there is nothing to learn: it overflows, or the truth is not certain. */
function auditOne(seed: number, kind: InputKind, options: AuditOptions): AuditedEntry[] | null {
  const { dtype, order } = options;
  const draws = new Draws(seed);
  const f = draws.one(knownFunctions);
  const mistake =
    draws.between(0, 1) < 0.5 ? "none" : order === 2 ? "detached" : draws.one(Object.keys(mistakes) as Mistake[]);
  const count = 1 + Math.floor(draws.between(0, 3));
  const x = tensor(
    Array.from({ length: count }, () => entryOf(draws, kind, f, dtype)),
    { dtype },
  );
  const scale = kind === "vanishing" ? 10 ** draws.between(-20, -5) : 10 ** draws.between(-2, 2);
  const offset =
    kind === "offset" || kind === "vanishing" ? draws.sign() * 10 ** draws.between(-2, kind === "offset" ? 12 : 1) : 0;
  const back = offset !== 0 && draws.between(0, 1) < 0.3;
  const op = opOf(f, mistake);
  const written = f.inOps !== undefined && mistake === "none" && draws.between(0, 1) < 0.5 ? f.inOps : op;
  const total = draws.between(0, 1) < 0.5;
  const { name: way, through } =
    kind === "cancelling" ? detourOf(draws, dtype) : { name: "", through: (z: Variable) => z };
  const compute = (z: Variable): Variable => {
    let y = mul(written(through(z)), constant(tensor(scale, { dtype })));
    if (offset !== 0) y = add(y, constant(tensor(offset, { dtype })));
    if (back) y = sub(y, constant(tensor(offset, { dtype })));
    return total ? sum(y) : y;
  };
  if (!(compute(constant(x)).value.data as Float64Array).every(Number.isFinite)) return null;
  // What the constants are in that dtype.
  const [c] = tensor([scale], { dtype }).data as Float64Array;
  const gradient = grad((z) => sum(compute(z)));
  const at = variable(x);
  const given = (order === 1 ? gradient(at) : grad((z) => sum(gradient(z)))(at)).value.data as Float64Array;
  const [value0] = f.exact;
  const truth = f.exact[order];
  // Where the function is computed after all: rounding on the way moves each entry to another place.
  const around = lost(through, x);
  const rights: (boolean | null)[] = [];
  for (let i = 0; i < count; i++) {
    const exact = c * truth(x.data[i]);
    const value = value0(x.data[i]) * c;
    if (!Number.isFinite(value) || !isSettled(truth, x.data[i]) || !Number.isFinite(exact)) return null;
    if (dtype === "float32" && (Math.abs(exact) > 1e37 || Math.abs(value) > 1e37)) return null;
    if (kind === "cancelling") {
      // Rounding brought x to a pole.
      if (!Number.isFinite(given[i])) return null;
      const exacts = around[i].map((z) => c * truth(z));
      rights.push(mistake === "none" || (isFarFromAll(given[i], exacts) ? false : null));
      continue;
    }
    const apart = Math.abs(given[i] - exact);
    const most = Math.max(Math.abs(exact), Math.abs(given[i]));
    const smallest = dtype === "float64" ? 1e-300 : 1e-37;
    const exactly = dtype === "float64" ? 1e-10 : 1e-5;
    if (f.kinkAt0 === true && x.data[i] === 0 && order === 1) {
      const lowest = f.name === "|x|" ? -c : 0;
      rights.push(given[i] >= lowest * 1.001 && given[i] <= c * 1.001);
    } else if (apart <= exactly * most) rights.push(true);
    // Next to underflow numbers have too few digits to be wrong.
    else rights.push(apart > 0.01 * most && most >= smallest ? false : null);
  }
  const report = gradcheck((z) => compute(z), [x], { ...options, seed });
  const [input] = report.inputs;
  const marks = input.map.length === 0 ? Array.from({ length: count }, () => "·") : input.map[0].split(" ");
  const words: Readonly<Record<string, Said>> = { "·": "ok", "✗": "WRONG", "!": "WRONG", k: "kink", "?": "unsure" };
  const second = order === 2 && !report.ok;
  const text = `${f.name}${written === op ? "" : " in ops"}, ${mistake}, x = ${Array.from(x.data).join(" ")}${way && ` by ${way}`}, times ${scale}, plus ${offset}${back ? " and back" : ""}${total ? ", summed" : ""}, ${dtype}, ${options.mode}, order ${order}, seed ${seed}: gives ${given}, derivative ${Array.from(x.data, (v) => c * truth(v as number))}\n${String(report)}`;
  if (order === 2) {
    // Of second derivatives the report has no map: all entries are taken together.
    if (rights.includes(null)) return [];
    const right = rights.every((r) => r === true);
    const said: Said = second ? "WRONG" : input.unsure > 0 ? "unsure" : input.kinks.length > 0 ? "kink" : "ok";
    return [{ kind, right, said, text }];
  }
  return rights.flatMap((right, i) =>
    right === null ? [] : [{ kind, right, said: words[marks[i]] ?? "WRONG", text }],
  );
}

/** Whether the verdict is a mistake: a right rule called wrong, or a wrong one that passes without a doubt. */
export function isMistaken({ right, said }: AuditedEntry): boolean {
  return right ? said === "WRONG" : said === "ok" || said === "kink";
}

/** Random cases of one kind until `count` entries are audited. */
export function audit(kind: InputKind, count: number, firstSeed: number, options: AuditOptions): AuditedEntry[] {
  const entries: AuditedEntry[] = [];
  for (let seed = firstSeed; entries.length < count; seed++) {
    entries.push(...(auditOne(seed, kind, options) ?? []));
  }
  return entries;
}
