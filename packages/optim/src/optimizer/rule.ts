/** An update rule as data: what sets one optimizer apart from the others. */
import type { Variable } from "@adjoint/autograd";
import type { HyperparameterTable } from "./hyperparameters.ts";

/** The hyper-parameters that every optimizer has. */
export interface CommonHyperparameters {
  /** Learning rate: a finite number ≥ 0. */
  readonly lr: number;
  /**
   * λ of weight decay: a finite number ≥ 0. λ·p is added to the gradient of a parameter p; optimizers with decoupled weight
   * decay shrink p itself by lr·λ·p instead.
   */
  readonly weightDecay: number;
}

/** What an update rule computes with: its hyper-parameters, and the rates of this step in the dtype of the parameter. */
export type Settings<H extends CommonHyperparameters, Rate extends string = never> = Omit<
  H,
  keyof CommonHyperparameters
> &
  Rates<Rate>;

/** The learning rate, and what else follows from it. */
export type Rates<Rate extends string> = { readonly lr: Variable } & Readonly<Record<Rate, Variable>>;

/**
 * An update rule as data. `Slot` names what is remembered of each parameter between updates; it starts at zero. `Rate`
 * names what follows from the learning rate and the number of the update alone, and is computed once for all parameters.
 */
export interface UpdateRule<H extends CommonHyperparameters, Slot extends string = never, Rate extends string = never> {
  readonly name: string;
  readonly hyperparameters: HyperparameterTable<H>;
  /**
   * Where weight decay acts, which rules need not see. `"gradient"`, the default: g ← g + λ·p. `"parameter"`, decoupled
   * from the gradient and what the rule remembers of it: p ← p − lr·λ·p.
   */
  readonly decays?: "gradient" | "parameter";
  /** Whether the rule squares gradients, which then have to be below about 1.8e19 in float32. Default false. */
  readonly squares?: boolean;
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
