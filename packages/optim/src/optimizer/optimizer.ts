/**
 * What all optimizers have in common. What sets one apart is data (rule.ts): its hyper-parameters, its slots and its
 * update rule in ops, one file each in rules/.
 */
import { add, mul, noGrad, Variable } from "@adjoint/autograd";
import { dependsOn } from "@adjoint/autograd/internal";
import {
  checkKind,
  checkOptions,
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
import { type OptimizerArguments, splitArguments } from "./arguments.ts";
import { type Clip, checkClip, clipped } from "./clip.ts";
import { type Belongs, belongsTo, checkGroups, checkUsed, groupOf, type ParameterSelection } from "./groups.ts";
import { checkGradient, nameParameters, namesOf } from "./parameters.ts";
import { number, Rate, ratesIn } from "./rate.ts";
import {
  type CommonHyperparameters,
  checkHyperparameter,
  completeHyperparameters,
  rate,
  type Settings,
  type UpdateRule,
} from "./rule.ts";
import { checkState, copySlots, emptySlots, type OptimizerState, type Slots, slotsOf } from "./state.ts";

export type { OptimizerArguments } from "./arguments.ts";

/** Parameters with the same hyper-parameters: a group of the options, or all that belong to none. */
interface Group<H extends CommonHyperparameters> {
  readonly parameters: ParameterSelection;
  readonly belongs: Belongs;
  /** The hyper-parameters that are the group's own. */
  own: Partial<H>;
  settings: H;
  /** The learning rate; that of the optimizer where the group has none of its own. */
  readonly rate: Rate;
}

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
export abstract class Optimizer<H extends CommonHyperparameters = CommonHyperparameters> {
  /** The optimizer's name, for example `"Adam"`. */
  readonly name: string;
  /** The parameters that it was made with, by name; null when it takes them in `update`. */
  readonly parameters: ReadonlyMap<string, Variable> | null;
  private readonly rule: UpdateRule<H, string>;
  /** The groups of the options, and at last all parameters that belong to none of them. */
  private readonly groups: readonly Group<H>[];
  private clip: Clip | null;
  /** What compiled programs read anew at every step. */
  private readonly scale = number("lrFactor", 1);
  private readonly updates = number("iteration", 0);
  private readonly remembered = new Map<string, Slots>();
  /** What a program is bound to when it is traced: clipping, and all hyper-parameters but rates, which are read anew. */
  private traced: string;

  /** @throws SpecError for unknown options and values out of range; SpecError or GraphError for unfit parameters */
  constructor(rule: UpdateRule<H, string>, args: OptimizerArguments<H>) {
    const isRule = typeof rule?.update === "function";
    checkKind("Optimizer", "rule", rule, isRule, "an update rule", "Use an optimizer, such as new Adam(params).");
    checkKind("Optimizer", "args", args, Array.isArray(args), "an array of arguments");
    const [params, given] = splitArguments(args);
    const { name } = rule;
    checkOptions(name, given, [...Object.keys(rule.hyperparameters), "groups", "clip"]);
    const { groups = [], clip, ...options } = given;
    this.rule = rule;
    this.name = name;
    const settings = this.check(name, options as Partial<H>);
    checkGroups(name, groups);
    const base = new Rate("lr", settings.lr, this.scale);
    const grouped = groups.map(({ parameters, ...own }, i): Group<H> => {
      const at = `groups[${i}]`;
      const all = this.check(name, { ...settings, ...own } as Partial<H>);
      const ownRate = own.lr === undefined ? base : new Rate(`${at}.lr`, all.lr, this.scale);
      const belongs = belongsTo(name, `${at}.parameters`, parameters);
      return { parameters, belongs, own: own as unknown as Partial<H>, settings: all, rate: ownRate };
    });
    this.groups = [...grouped, { parameters: "*", belongs: () => true, own: settings, settings, rate: base }];
    this.clip = clip === undefined ? null : checkClip(name, clip);
    this.traced = this.boundTo();
    this.parameters = params === undefined ? null : nameParameters(name, params);
    if (this.parameters === null) return;
    checkUsed(name, grouped, this.parameters);
    for (const [key, x] of this.parameters) this.groupOf(key, x);
  }

  /** All hyper-parameters as they are now; groups may have others. */
  get hyperparameters(): Readonly<H> {
    return { ...this.rest.settings, lr: this.lr };
  }

  /** The learning rate; read at every update. Set it to change it, which is checked as in the constructor. */
  get lr(): number {
    return this.rest.rate.value;
  }

  set lr(lr: number) {
    checkHyperparameter(this.name, "lr", lr, this.rule.hyperparameters.lr);
    this.rest.rate.value = lr;
  }

  /**
   * What a schedule makes of the learning rates: each update uses lr · lrFactor, groups with a rate of their own that rate
   * times lrFactor. A finite number ≥ 0, 1 at first; read at every update.
   */
  get lrFactor(): number {
    return this.scale.item();
  }

  set lrFactor(factor: number) {
    checkHyperparameter(this.name, "lrFactor", factor, rate(1));
    this.scale.assign(factor);
    for (const { rate } of this.groups) rate.refresh();
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
      if (x.grad !== null) work.push({ name, x, grad: checkGradient("step", name, x, x.grad, this.isSquared) });
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
      work.push({ name, x, grad: checkGradient("update", name, x, grad, this.isSquared) });
    }
    this.apply("update", work);
  }

  /** All that the next updates depend on besides parameters and gradients, as plain data; tensors are copies. */
  state(): OptimizerState {
    const plain = (values: object) => ({ ...values }) as Record<string, number | boolean>;
    const groups = this.groups.slice(0, -1).map(({ own, rate }) => {
      return plain("lr" in own ? { ...own, lr: rate.value } : own);
    });
    return {
      optimizer: this.name,
      hyperparameters: plain(this.hyperparameters),
      iteration: this.iteration,
      ...(this.lrFactor === 1 ? {} : { lrFactor: this.lrFactor }),
      ...(groups.length === 0 ? {} : { groups }),
      ...(this.clip === null ? {} : { clip: { ...this.clip } }),
      tensors: copySlots(this.remembered),
    };
  }

  /**
   * Restores what `state()` returned, hyper-parameters and clipping included: later updates are the same to the last bit.
   * Which parameters a group has stays as the optimizer was made.
   *
   * @throws SpecError when it is no state of this kind of optimizer, is incomplete or has names that it does not know;
   *         ShapeError when a tensor does not fit its parameter. Nothing has changed then.
   */
  loadState(state: OptimizerState): void {
    const op = "loadState";
    const own = this.groups.slice(0, -1).map((group) => Object.keys(group.own));
    checkState(this.name, state, own);
    const missing = Object.keys(this.rule.hyperparameters).find((name) => !Object.hasOwn(state.hyperparameters, name));
    if (missing !== undefined) {
      throw SpecError.of(op, "state", state, Object.keys(this.rule.hyperparameters).join(", "), {
        problem: `the hyper-parameter "${missing}" is missing`,
        hint: "Pass what state() returned.",
      });
    }
    const { hyperparameters, groups = [], lrFactor = 1 } = state;
    const settings = this.check(op, hyperparameters as Partial<H>);
    const grouped = groups.map((values) => this.check(op, { ...settings, ...values } as Partial<H>));
    const clip = state.clip === undefined ? null : checkClip(op, state.clip);
    checkHyperparameter(op, "lrFactor", lrFactor, rate(1));
    const all = [...grouped, settings];
    const slotsIn = (name: string): readonly string[] => {
      return this.rule.slots(all[this.groups.indexOf(this.groupOf(name, this.parameters?.get(name)))]);
    };
    const restored = slotsOf(state.tensors, slotsIn, this.parameters);
    this.groups.forEach((group, i) => {
      group.settings = all[i];
      group.own = (groups[i] as Partial<H> | undefined) ?? settings;
      if ("lr" in group.own) group.rate.value = all[i].lr;
    });
    this.clip = clip;
    this.traced = this.boundTo();
    this.lrFactor = lrFactor;
    this.updates.assign(state.iteration);
    // A compiled step is bound to the slots that there are: they take other values, and are not replaced.
    for (const [name, slots] of this.remembered) {
      const values = restored.get(name);
      for (const [slot, x] of Object.entries(slots)) x.assign(values?.[slot] ?? zeros(x.shape, { dtype: x.dtype }));
    }
    for (const [name, slots] of restored) if (!this.remembered.has(name)) this.remembered.set(name, slots);
  }

  /** The parameters that belong to no group of the options. */
  private get rest(): Group<H> {
    return this.groups[this.groups.length - 1];
  }

  /** Whether gradients are squared as they are; clipped ones are small. */
  private get isSquared(): boolean {
    return this.rule.squares === true && this.clip === null;
  }

  private boundTo(): string {
    return JSON.stringify([this.clip, ...this.groups.map(({ settings: { lr: _, ...others } }) => others)]);
  }

  private groupOf(name: string, x: Variable | undefined): Group<H> {
    return this.groups[groupOf(this.name, this.groups.slice(0, -1), name, x) ?? this.groups.length - 1];
  }

  private check(op: string, options: Readonly<Partial<H>>): H {
    const settings = completeHyperparameters(op, options, this.rule.hyperparameters);
    const conflict = this.rule.conflict?.(settings) ?? null;
    if (conflict !== null) throw new SpecError({ op, argument: "options", ...conflict });
    return settings;
  }

  private ownParameters(op: string): ReadonlyMap<string, Variable> {
    if (this.parameters !== null) return this.parameters;
    const problem = `this ${this.name} was made without parameters`;
    const hint = `Make it with new ${this.name}(network.params), or call update(params, grads).`;
    throw new GraphError({ op, problem, argument: "params", hint });
  }

  private apply(op: string, work: readonly Work[]): void {
    for (const { name, x } of work) this.checkSlots(op, name, x);
    const groups = work.map(({ name, x }) => this.groupOf(name, x));
    const { rule, clip } = this;
    dependsOn(this, () => this.traced);
    // While a program is traced, no value is known, and none is overwritten.
    const storages = new Set(work.flatMap(({ x }) => (x.isReadable ? x.value.data : [])));
    noGrad(() => {
      const grads = work.map(({ grad }) => grad);
      // A gradient may be (a view of) another parameter's value, which must not change before it is used.
      const gradients = (clip === null ? grads : clipped(op, grads, clip)).map((grad) =>
        grad.isReadable && storages.has(grad.value.data) ? new Variable(kernels.copy(grad.value), null, false) : grad,
      );
      const iteration = add(this.updates, 1);
      const ratesOf = new Map(
        [...new Set(groups)].map((group) => [group, ratesIn(rule, group.settings, group.rate.effective, iteration)]),
      );
      work.forEach(({ name, x }, i) => {
        const { settings } = groups[i];
        const slots = rule.slots(settings);
        let own = this.remembered.get(name);
        if (own === undefined) this.remembered.set(name, (own = emptySlots(name, x, slots)));
        const rates = (ratesOf.get(groups[i]) as ReturnType<typeof ratesIn>)(x.dtype);
        const { weightDecay } = settings;
        const decays = weightDecay > 0 ? (rule.decays ?? "gradient") : null;
        const p = decays === "parameter" ? mul(x, rates.decay as Variable) : x;
        const grad = decays === "gradient" ? add(gradients[i], mul(x, weightDecay)) : gradients[i];
        const next = rule.update(p, grad, own, { ...settings, ...rates } as Settings<H>);
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

function unknownName(argument: string, problem: string, params: ReadonlyMap<string, Variable>): GraphError {
  const known = namesOf(params);
  return new GraphError({ op: "update", problem, argument, expected: known, hint: `The parameters are ${known}.` });
}
