import { trainingSchema } from "@adjoint/nn/internal";
import { optimizerNames } from "@adjoint/optim";
import { expect, it } from "vitest";

it("a spec may name every optimizer", () => {
  for (const optimizer of optimizerNames) {
    expect(trainingSchema.safeParse({ optimizer }).success, optimizer).toBe(true);
  }
});
