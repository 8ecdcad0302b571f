/**
 * What all optimizers have in common. What sets one apart is data: its hyper-parameters, its slots and its update rule
 * in ops, one file each in rules/.
 */
import { add, cast, noGrad, Variable, variable } from "@adjoint/autograd";
import {
  checkKind,
  type DType,
  formatSpec,
  GraphError,
  kernels,
  ShapeError,
  SpecError,
  sameShape,
  shown,
  type Tensor,
  zeros,
} from "@adjoint/tensor";
import { checkHyperparameter, completeHyperparameters, type HyperparameterTable } from "./hyperparameters.ts";
import { checkGradient, nameParameters, type Parameters } from "./parameters.ts";
import { checkState, copySlots, emptySlots, type OptimizerState, type Slots, slotsOf } from "./state.ts";

/** What every optimizer has: a learning rate. */
export interface LearningRate {
  /** Learning rate: a finite number ≥ 0. */
  readonly lr: number;
}

/** What an update rule computes with: its hyper-parameters, and the rates of this step in the dtype of the parameter. */
export type Settings<H extends LearningRate, Rate extends string = never> = Omit<H, "lr"> & Rates<Rate>;

/** The learning rate, and what else follows from it. */
type Rates<Rate extends string> = { readonly lr: Variable } & Readonly<Record<Rate, Variable>>;

/**
 * An update rule as data. `Slot` names what is remembered of each parameter between updates; it starts at zero. `Rate`
 * names what follows from the learning rate and the number of the update alone, and is computed once for all parameters.
 */
export interface UpdateRule<H extends LearningRate, Slot extends string = never, Rate extends string = never> {
  readonly name: string;
  readonly hyperparameters: HyperparameterTable<H>;
  /** The names of the slots. */
  slots(hyperparameters: H): readonly Slot[];
  /** What is wrong with hyper-parameters that are each in range, or null. */
  conflict?(hyperparameters: H): { readonly problem: string; readonly hint: string } | null;
  /**
   * The rates of an update, in ops: float64, [], as `lr` and `iteration` are, the number of this update from 1. Default:
   * the learning rate as it is.
   */
  rates?(lr: Variable, hyperparameters: Omit<H, "lr">, iteration: Variable): Rates<Rate>;
  /**
   * The new values of a parameter `p` and its slots, in ops, from its gradient and the old ones. No state, no effect.
   */
  update(
    p: Variable,
    grad: Variable,
    slots: Readonly<Record<Slot, Variable>>,
    settings: Settings<H, Rate>,
  ): { readonly [N in Slot | "p"]: Variable };
}

/** What an optimizer is made with: parameters and options, or options alone for `update(params, grads)`. */
export type OptimizerArguments<H> =
  | [options?: Readonly<Partial<H>>]
  | [params: Parameters, options?: Readonly<Partial<H>>];

/** One parameter with its gradient, ready to be updated. */
interface Work {
  readonly name: string;
  readonly x: Variable;
  readonly grad: Variable;
}

/**
 * The base of all optimizers: p ← rule(p, ∂L/∂p), for every parameter p.
 *
 * Made with parameters, `step()` updates them by their `.grad`; made without, `update(params, grads)` takes both, as
 * in the book. Everything is checked before anything is changed: when a call throws, no parameter and no state has.
 */
export abstract class Optimizer<H extends LearningRate = LearningRate> {
  /** The optimizer's name, for example `"Adam"`. */
  readonly name: string;
  /** The parameters that it was made with, by name; null when it takes them in `update`. */
  readonly parameters: ReadonlyMap<string, Variable> | null;
  private readonly rule: UpdateRule<H, string>;
  private settings: H;
  /** Learning rate and number of updates are Variables, so that compiled programs read them anew at every step. */
  private readonly rate = state("lr");
  private readonly updates = state("iteration");
  private readonly remembered = new Map<string, Slots>();

  /** @throws SpecError for unknown options and values out of range; SpecError or GraphError for unfit parameters */
  constructor(rule: UpdateRule<H, string>, args: OptimizerArguments<H>) {
    const isRule = typeof rule?.update === "function";
    checkKind("Optimizer", "rule", rule, isRule, "an update rule", "Use an optimizer, such as new Adam(params).");
    checkKind("Optimizer", "args", args, Array.isArray(args), "an array of arguments");
    const [params, options] = splitArguments(args);
    this.rule = rule;
    this.name = rule.name;
    this.settings = this.check(rule.name, options);
    this.rate.assign(this.settings.lr);
    this.parameters = params === undefined ? null : nameParameters(rule.name, params);
  }

  /** All hyper-parameters as they are now. */
  get hyperparameters(): Readonly<H> {
    return { ...this.settings, lr: this.lr };
  }

  /** The learning rate; read at every update. Set it to change it, which is checked as in the constructor. */
  get lr(): number {
    return this.rate.item();
  }

  set lr(lr: number) {
    checkHyperparameter(this.name, "lr", lr, this.rule.hyperparameters.lr);
    this.rate.assign(lr);
  }

  /** Number of updates done. */
  get iteration(): number {
    return this.updates.item();
  }

  /** Forgets the gradients of all parameters. */
  zeroGrad(): void {
    for (const x of this.ownParameters("zeroGrad").values()) x.zeroGrad();
  }

  /**
   * Updates every parameter that has a gradient. Parameters without one stay as they are; when none has, nothing
   * happens and the step does not count.
   *
   * @throws GraphError when the optimizer was made without parameters, or a gradient is not finite; ShapeError when one
   *         has not its parameter's shape. Nothing has changed then.
   */
  step(): void {
    const work: Work[] = [];
    for (const [name, x] of this.ownParameters("step")) {
      if (x.grad !== null) work.push({ name, x, grad: checkGradient("step", name, x, x.grad) });
    }
    if (work.length > 0) this.apply("step", work);
  }

  /**
   * The book's form: updates each of `params` by the gradient of the same name. State belongs to the names.
   *
   * @throws GraphError when a gradient is missing, has no parameter, or is not finite; ShapeError when one has not its
   *         parameter's shape. Nothing has changed then.
   * Source: Deep Learning from Scratch, 6.1 (common/optimizer.py).
   */
  update(params: Readonly<Record<string, Variable>>, grads: Readonly<Record<string, Tensor | Variable>>): void {
    const named = nameParameters("update", params);
    if (grads === null || typeof grads !== "object") {
      throw GraphError.of("update", "grads", grads, "a record of Tensors or Variables by name", {
        problem: `the gradients are ${shown(grads)}`,
        hint: "Pass what network.gradient(x, t) returns.",
      });
    }
    for (const name of Object.keys(grads)) {
      if (!named.has(name)) throw unknownName("grads", `there is no parameter for the gradient "${name}"`, named);
    }
    const work: Work[] = [];
    for (const [name, x] of named) {
      if (this.parameters !== null && this.parameters.get(name) !== x) {
        throw unknownName("params", `"${name}" is not what this ${this.name} was made with`, this.parameters);
      }
      const grad = Object.hasOwn(grads, name) ? grads[name] : undefined;
      work.push({ name, x, grad: checkGradient("update", name, x, grad) });
    }
    this.apply("update", work);
  }

  /** All that the next updates depend on besides parameters and gradients, as plain data; tensors are copies. */
  state(): OptimizerState {
    return {
      optimizer: this.name,
      hyperparameters: { ...this.hyperparameters } as unknown as Record<string, number | boolean>,
      iteration: this.iteration,
      tensors: copySlots(this.remembered),
    };
  }

  /**
   * Restores what `state()` returned, hyper-parameters included: later updates are the same to the last bit.
   *
   * @throws SpecError when it is no state of this kind of optimizer, is incomplete or has names that it does not know;
   *         ShapeError when a tensor does not fit its parameter. Nothing has changed then.
   */
  loadState(state: OptimizerState): void {
    checkState(this.name, state);
    const missing = Object.keys(this.rule.hyperparameters).find((name) => !Object.hasOwn(state.hyperparameters, name));
    if (missing !== undefined) {
      throw SpecError.of("loadState", "state", state, Object.keys(this.rule.hyperparameters).join(", "), {
        problem: `the hyper-parameter "${missing}" is missing`,
        hint: "Pass what state() returned.",
      });
    }
    const settings = this.check("loadState", state.hyperparameters as Partial<H>);
    const restored = slotsOf(state.tensors, this.rule.slots(settings), this.parameters);
    this.settings = settings;
    this.rate.assign(settings.lr);
    this.updates.assign(state.iteration);
    // A compiled step is bound to the slots that there are: they take other values, and are not replaced.
    for (const [name, slots] of this.remembered) {
      const values = restored.get(name);
      for (const [slot, x] of Object.entries(slots)) x.assign(values?.[slot] ?? zeros(x.shape, { dtype: x.dtype }));
    }
    for (const [name, slots] of restored) if (!this.remembered.has(name)) this.remembered.set(name, slots);
  }

  private check(op: string, options: Readonly<Partial<H>>): H {
    const settings = completeHyperparameters(op, options, this.rule.hyperparameters);
    const conflict = this.rule.conflict?.(settings) ?? null;
    if (conflict !== null) throw new SpecError({ op, argument: "options", ...conflict });
    return settings;
  }

  private ownParameters(op: string): ReadonlyMap<string, Variable> {
    if (this.parameters !== null) return this.parameters;
    throw new GraphError({
      op,
      problem: `this ${this.name} was made without parameters`,
      argument: "params",
      hint: `Make it with new ${this.name}(network.params), or call update(params, grads).`,
    });
  }

  private apply(op: string, work: readonly Work[]): void {
    const slots = this.rule.slots(this.settings);
    for (const { name, x } of work) this.checkSlots(op, name, x);
    const { rule, settings, rate } = this;
    // While a program is traced, no value is known, and none is overwritten.
    const storages = new Set(work.flatMap(({ x }) => (x.isReadable ? x.value.data : [])));
    noGrad(() => {
      // A gradient may be (a view of) another parameter's value, which must not change before it is used.
      const gradients = work.map(({ grad }) =>
        grad.isReadable && storages.has(grad.value.data) ? new Variable(kernels.copy(grad.value), null, false) : grad,
      );
      const iteration = add(this.updates, 1);
      const rates = rule.rates?.(rate, settings, iteration) ?? { lr: rate };
      const ratesIn = new Map<DType, Settings<H>>();
      work.forEach(({ name, x }, i) => {
        const { dtype } = x;
        let own = this.remembered.get(name);
        if (own === undefined) this.remembered.set(name, (own = emptySlots(name, x, slots)));
        const all = ratesIn.get(dtype) ?? { ...settings, ...castAll(rates, dtype) };
        ratesIn.set(dtype, all);
        const next = rule.update(x, gradients[i], own, all);
        for (const slot of slots) own[slot].assign(next[slot]);
        x.assign(next.p);
      });
      this.updates.assign(iteration);
    });
  }

  private checkSlots(op: string, name: string, x: Variable): void {
    for (const slot of Object.values(this.remembered.get(name) ?? {})) {
      if (sameShape(slot.shape, x.shape) && slot.dtype === x.dtype) continue;
      const [received, expected] = [x, slot].map(formatSpec);
      throw ShapeError.of(op, "params", received, `${expected}, as in earlier updates`, {
        problem: `"${name}" is ${received}`,
        hint: `State belongs to names: use one ${this.name} for one network.`,
      });
    }
  }
}

function castAll(rates: Rates<never>, dtype: DType): Rates<never> {
  return Object.fromEntries(Object.entries(rates).map(([name, x]) => [name, cast(x, dtype)])) as Rates<never>;
}

/** A number that belongs to an optimizer: float64, []. */
function state(name: string): Variable {
  return variable(0, { name, dtype: "float64", requiresGrad: false });
}

function unknownName(argument: string, problem: string, params: ReadonlyMap<string, Variable>): GraphError {
  const known = [...params.keys()].map((name) => `"${name}"`).join(", ");
  return new GraphError({ op: "update", problem, argument, expected: known, hint: `The parameters are ${known}.` });
}

/** Tells `new Adam(params, options)` from `new Adam(options)`: parameters are a list, or a record of objects. */
function splitArguments<H>(args: OptimizerArguments<H>): [Parameters | undefined, Readonly<Partial<H>>] {
  const [first, second] = args;
  const isOptions =
    args.length < 2 &&
    (first === undefined ||
      (first !== null &&
        typeof first === "object" &&
        !Array.isArray(first) &&
        // Hyper-parameters are never objects, so that a Tensor given for a Variable is told as what it is.
        !Object.values(first).some((value) => typeof value === "object" && value !== null)));
  if (isOptions) return [undefined, (first ?? {}) as Readonly<Partial<H>>];
  return [first as Parameters, (second ?? {}) as Readonly<Partial<H>>];
}
