/** The one list of optimizers: a rule is one file, and whatever speaks of every optimizer goes over this list. */
import { AdaGrad } from "./adagrad.ts";
import { Adam } from "./adam.ts";
import { AdamW } from "./adamw.ts";
import { Lion } from "./lion.ts";
import { Momentum } from "./momentum.ts";
import { Nesterov } from "./nesterov.ts";
import { RAdam } from "./radam.ts";
import { RMSprop } from "./rmsprop.ts";
import { SGD } from "./sgd.ts";

export * from "./adagrad.ts";
export * from "./adam.ts";
export * from "./adamw.ts";
export * from "./lion.ts";
export * from "./momentum.ts";
export * from "./nesterov.ts";
export * from "./radam.ts";
export * from "./rmsprop.ts";
export * from "./sgd.ts";

/** The optimizers by the names that the book's Trainer takes. */
export default {
  sgd: SGD,
  momentum: Momentum,
  nesterov: Nesterov,
  adagrad: AdaGrad,
  rmsprop: RMSprop,
  adam: Adam,
  adamw: AdamW,
  radam: RAdam,
  lion: Lion,
};
