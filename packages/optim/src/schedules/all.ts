/** The one list of schedules. */
import { cosine, linear, polynomial } from "./decay.ts";
import { plateau } from "./plateau.ts";
import { exponential, step } from "./step.ts";
import { oneCycle, warmup } from "./warmup.ts";

/**
 * Schedules of the learning rate by name. Each makes, from its options, a function from the number of updates done to the
 * factor of the rate, but for `plateau`, which goes by measures.
 *
 * ```ts
 * const schedule = schedules.warmup({ steps: 100, followedBy: schedules.cosine({ steps: 900 }) });
 * for (const { x, t } of batches) {
 *   optimizer.lrFactor = schedule(optimizer.iteration);
 *   step(x, t);
 * }
 * ```
 */
export const schedules = { step, exponential, cosine, linear, polynomial, warmup, oneCycle, plateau } as const;
