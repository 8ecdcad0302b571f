import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpz } from "@adjoint/data";
import { toOnnx } from "@adjoint/exchange";
import { build, layers, model, saveModel } from "@adjoint/nn";
import { tensor } from "@adjoint/tensor";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { numberDifference } from "../comparing/compare-models.ts";
import { runCommand } from "../testing/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "adjoint-diff-"));
const at = (name: string): string => join(folder, name);

const small = model({ input: [3], layers: [layers.affine(2), layers.relu(), layers.affine(1)], loss: "mse" });
const other = model({
  input: [3],
  layers: [layers.affine(4), layers.tanh({ name: "relu1" }), layers.dropout(0.1), layers.affine(1)],
  loss: "huber",
});

beforeAll(async () => {
  writeFileSync(at("small.json"), JSON.stringify(small));
  writeFileSync(at("other.json"), JSON.stringify(other));
  const net = build(small, { seed: 1 });
  await saveModel(net, at("a.safetensors"));
  writeFileSync(at("a.onnx"), toOnnx(net));
  await writeNpz(net.state(), at("a.npz"));
  const { "affine1.bias": bias } = net.params;
  bias.assign(tensor([3, 4]));
  await saveModel(net, at("b.safetensors"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function diff(...args: string[]) {
  const { code, stdout, stderr } = await runCommand("diff", ...args.map((arg) => (arg.includes(".") ? at(arg) : arg)));
  // Columns are as wide as the path of the folder.
  const narrow = stdout.replaceAll(`${folder}/`, "").replaceAll(/([ ─])\1+/g, "$1");
  return { code, stdout: narrow, stderr: stderr.replaceAll(`${folder}/`, "") };
}

describe("adjoint diff", () => {
  it("finds a model, and what was written of it, the same", async () => {
    for (const file of ["a.safetensors", "a.onnx", "a.npz"]) {
      const { code, stdout } = await diff("a.safetensors", file);
      expect([code, stdout.split("\n")[0]]).toEqual([0, "the same: 4 tensors of equal shapes and numbers"]);
    }
    const { code, stdout } = await diff("small.json", "a.safetensors");
    expect(code).toBe(0);
    expect(stdout).toContain("numbers are not compared: those of small.json are drawn anew each time");
  });

  it("lists layers and shapes that differ", async () => {
    const { code, stdout } = await diff("small.json", "other.json");
    expect(code).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "numbers are not compared: those of small.json and other.json are drawn anew each time
      ┌─┬─┬─┐
      │ layer │ small.json │ other.json │
      ├─┼─┼─┤
      │ (model) │ loss: "mse" │ loss: "huber" │
      │ affine1 │ units: 2 │ units: 4 │
      │ relu1 │ relu │ tanh │
      │ dropout1 │ – │ dropout │
      └─┴─┴─┘
      ┌─┬─┬─┬─┬─┬─┐
      │ tensor │ small.json │ other.json │ differing │ max |a − b| │ ‖a − b‖ / ‖a‖ │
      ├─┼─┼─┼─┼─┼─┤
      │ affine1.weight │ float32 [3, 2] │ float32 [3, 4] │ │ │ │
      │ affine1.bias │ float32 [2] │ float32 [4] │ │ │ │
      │ affine2.weight │ float32 [2, 1] │ float32 [4, 1] │ │ │ │
      └─┴─┴─┴─┴─┴─┘
      "
    `);
  });

  it("measures by how much numbers differ", async () => {
    const { code, stdout } = await diff("a.safetensors", "b.safetensors", "--json");
    expect(code).toBe(1);
    const { tensors, layers: parts, comparedNumbers } = JSON.parse(stdout);
    expect([parts, comparedNumbers]).toEqual([[], true]);
    // The bias was 0.
    expect(tensors).toEqual([
      {
        name: "affine1.bias",
        a: { shape: [2], type: "float32" },
        b: { shape: [2], type: "float32" },
        numbers: { largest: 4, relative: null, count: 2 },
      },
    ]);
  });

  it("says in a line what it cannot read", async () => {
    const errors = [await diff("a.safetensors", "none.safetensors"), await diff("a.safetensors", "x.pt")];
    expect(errors.map(({ code }) => code)).toEqual([2, 2]);
    for (const { stderr } of errors) expect(stderr).toMatch(/^error: .*\n$/);
  });
});

describe("the difference of numbers", () => {
  const numbers = fc.array(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), {
    minLength: 1,
    maxLength: 20,
  });

  it("is none for equal ones, NaN and infinities included, and is as great from both sides", () => {
    fc.assert(
      fc.property(numbers, (pairs) => {
        const [a, b] = [0, 1].map((k) => tensor(Float64Array.from(pairs, (pair) => pair[k])));
        expect(numberDifference(a, a)).toBe(null);
        expect(numberDifference(a, b)?.largest).toEqual(numberDifference(b, a)?.largest);
        expect(numberDifference(a, b)?.count ?? 0).toBe(pairs.filter(([x, y]) => x !== y).length);
      }),
    );
  });

  it("is relative to the first, however large or small the numbers are", () => {
    for (const scale of [1e-300, 1, 1e300]) {
      const [a, b] = [tensor(Float64Array.of(3 * scale, 4 * scale)), tensor(Float64Array.of(3 * scale, 4.5 * scale))];
      expect(numberDifference(a, b)?.relative).toBeCloseTo(0.1, 12);
    }
    const [nan, one] = [tensor([Number.NaN, 1]), tensor([2, 1])];
    expect(numberDifference(nan, one)).toEqual({ largest: null, relative: null, count: 1 });
    expect(numberDifference(nan, nan)).toBe(null);
  });
});
