import { expect, it } from "vitest";
import { data, TinyNetwork } from "../fixtures/tiny-network.ts";
import { Trainer } from "../training/trainer.ts";
import { trainerOptions } from "./training-settings.ts";

it("trains by settings as by the options that they stand for", () => {
  const settings = { epochs: 3, batchSize: 7, optimizer: "momentum", lr: 0.1, warmup: 4, seed: 2 } as const;
  const byOptions = new Trainer(new TinyNetwork(), data, {
    epochs: 3,
    miniBatchSize: 7,
    optimizer: "momentum",
    optimizerParam: { lr: 0.1 },
    schedule: { kind: "warmup", steps: 4, followedBy: { kind: "cosine" } },
    seed: 2,
    replacement: false,
    recomputeLoss: false,
    measureAt: "end",
    compile: false,
  });
  const bySettings = new Trainer(new TinyNetwork(), data, {
    ...trainerOptions({ ...settings, schedule: "cosine" }),
    compile: false,
  });
  expect(bySettings.train()).toEqual(byOptions.train());
});

it("refuses settings that it does not know", () => {
  expect(() => trainerOptions({ rate: 1 } as object)).toThrow(/unknown option "rate"/);
});
