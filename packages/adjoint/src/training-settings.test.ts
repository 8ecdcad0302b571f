import { trainingSchema } from "@adjoint/nn/internal";
import { optimizerNames } from "@adjoint/optim";
import { expect, it } from "vitest";

it("the optimizers that a spec may name are those that there are", () => {
  for (const optimizer of optimizerNames) {
    expect(trainingSchema.safeParse({ optimizer }).success, optimizer).toBe(true);
  }
});
