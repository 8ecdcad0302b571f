import { type Variable, variable } from "@adjoint/autograd";
import { tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Nesterov } from "./nesterov.ts";
import { SGD, type SGDHyperparameters } from "./sgd.ts";

const element = fc.double({ min: -10, max: 10, noNaN: true });
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const scalar = (value: number): Variable => variable(tensor(value, { dtype: "float64" }));

/** PyTorch's documented algorithm for one number, with the first velocity set rather than accumulated. */
function pytorch(start: number, grads: readonly number[], options: SGDHyperparameters): { p: number; scale: number } {
  const { lr, momentum, nesterov, weightDecay } = options;
  let p = start;
  let velocity: number | null = null;
  let scale = Math.abs(p);
  for (let g of grads) {
    g += weightDecay * p;
    if (momentum !== 0) {
      velocity = velocity === null ? g : momentum * velocity + g;
      g = nesterov ? g + momentum * velocity : velocity;
    }
    p -= lr * g;
    scale = Math.max(scale, Math.abs(p), Math.abs(lr * g), Math.abs(velocity ?? 0));
  }
  return { p, scale };
}

describe("SGD with PyTorch's options", () => {
  it("follows PyTorch's algorithm", () => {
    fc.assert(
      fc.property(
        element,
        fc.array(element, { minLength: 1, maxLength: 8 }),
        fc.record({
          lr: fc.double({ min: 0, max: 0.5, noNaN: true }),
          momentum: share,
          nesterov: fc.boolean(),
          weightDecay: fc.constantFrom(0, 0.1),
        }),
        fc.boolean(),
        (start, grads, options, plain) => {
          const hyperparameters = plain ? { ...options, momentum: 0, nesterov: false } : options;
          const p = scalar(start);
          const optimizer = new SGD([p], hyperparameters);
          for (const g of grads) {
            p.grad = scalar(g);
            optimizer.step();
          }
          const reference = pytorch(start, grads, hyperparameters);
          // Eight steps of five roundings, each of a number no larger than the largest on the way, some 40 · 2⁻⁵³.
          expect(Math.abs(p.item() - reference.p)).toBeLessThanOrEqual(1e-13 * (reference.scale + 10));
        },
      ),
    );
  });

  it("takes Nesterov's steps as the book's corrected form does", () => {
    fc.assert(
      fc.property(element, fc.array(element, { minLength: 1, maxLength: 8 }), share, (start, grads, momentum) => {
        const a = scalar(start);
        const b = scalar(start);
        const ours = new SGD([a], { lr: 0.1, momentum, nesterov: true });
        const book = new Nesterov([b], { lr: 0.1, momentum, corrected: true });
        for (const g of grads) {
          a.grad = b.grad = scalar(g);
          ours.step();
          book.step();
        }
        // Velocities are below 80, steps below 20: some 100 roundings of numbers below 200.
        expect(Math.abs(a.item() - b.item())).toBeLessThanOrEqual(100 * 200 * 2 ** -53);
      }),
    );
  });

  it("refuses nesterov without momentum, where it would do nothing", () => {
    expect(() => new SGD({ nesterov: true })).toThrowErrorMatchingInlineSnapshot(
      `[SpecError: SGD: nesterov is true, but momentum is 0. Pass a momentum too, for example momentum: 0.9.]`,
    );
  });
});
