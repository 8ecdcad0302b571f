import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDigits, writeIdx, zeros } from "adjoint";
import { expect, it } from "vitest";
import { runExample } from "../run-example.ts";

/** The embedded digits as files of MNIST's form: 8×8 pixels, each three by three, in the middle of 28×28. */
async function digitsAsMnist(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "adjoint-mnist-"));
  const { train, test } = loadDigits({ normalize: false, flatten: false });
  for (const [prefix, { x, t }] of [
    ["train", train],
    ["t10k", test],
  ] as const) {
    const count = x.shape[0];
    const images = zeros([count, 28, 28], { dtype: "int32" });
    for (let n = 0; n < count; n++) {
      for (let i = 0; i < 24; i++) {
        for (let j = 0; j < 24; j++) {
          const pixel = Number(x.at(n, 0, Math.floor(i / 3), Math.floor(j / 3)));
          images.data[(n * 28 + i + 2) * 28 + j + 2] = Math.min(255, 16 * pixel);
        }
      }
    }
    await writeIdx(images, join(folder, `${prefix}-images-idx3-ubyte.gz`), { type: "ubyte" });
    await writeIdx(t, join(folder, `${prefix}-labels-idx1-ubyte.gz`), { type: "ubyte" });
  }
  return folder;
}

it("reads files of MNIST's form and trains both networks of the book", async () => {
  const { stdout } = await runExample("train-mnist", [
    "--dir",
    await digitsAsMnist(),
    "--epochs",
    "2",
    "--test",
    "100",
  ]);
  const accuracies = [...stdout.matchAll(/test accuracy ([\d.]+) %/g)].map((match) => Number(match[1]));
  expect(accuracies).toHaveLength(2);
  // Guessing gives 10 %.
  for (const accuracy of accuracies) expect(accuracy).toBeGreaterThan(30);
});
