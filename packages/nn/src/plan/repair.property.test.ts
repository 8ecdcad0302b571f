/** What an error asks "Did you mean …?" of: it makes the layer fit, and is mostly what was meant. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Mistake, ModelSpecError, pathText } from "../read/mistake.ts";
import type { ModelSpec } from "../read/model-spec.ts";
import { parseModel } from "../read/parse.ts";
import { type Path, withValue } from "../testing/corruptions.ts";
import { layersOf, modelSpecs } from "../testing/model-specs.ts";

function mistakesIn(value: unknown): readonly Mistake[] {
  try {
    parseModel(value);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ModelSpecError);
    return (error as ModelSpecError).mistakes;
  }
}

/** Options whose values decide which shapes fit. */
const shaping = [
  ...["filters", "units", "size", "stride", "pad", "dilation", "groups", "heads", "factor", "outputPad"],
  ...["shape", "axes", "axis", "output", "flatten"],
];

/** What a hasty hand may write instead of a value. */
function slipsOf(value: unknown): unknown[] {
  if (typeof value === "number") return [value + 1, value - 1, 2 * value].filter((n) => n >= 0);
  if (typeof value === "boolean") return [!value];
  if (value === "all" || value === "last") return [value === "all" ? "last" : "all"];
  if (!Array.isArray(value)) return [];
  return value.flatMap((n: number, i) => [n + 1, n - 1].filter((m) => m >= 0).map((m) => value.with(i, m)));
}

/** Everywhere in a spec one option with another value. */
function slipsIn(spec: ModelSpec): { readonly path: Path; readonly value: unknown; readonly slip: unknown }[] {
  return layersOf(spec).flatMap(({ path, layer }) =>
    Object.entries(layer)
      .filter(([key]) => shaping.includes(key))
      .flatMap(([key, value]) => slipsOf(value).map((slip) => ({ path: [...path, key], value, slip }))),
  );
}

it("offers a fix for nearly every slip; it makes the layer fit, nearly always the model, and mostly undoes the slip", () => {
  const found = { failed: 0, offered: 0, valid: 0, undone: 0 };
  for (const spec of fc.sample(modelSpecs, { numRuns: 120, seed: 2 })) {
    const slips = slipsIn(spec).filter((_, i) => i % 4 === 0);
    for (const { path, value, slip } of slips) {
      const wrong = withValue(spec, path, slip);
      const first = mistakesIn(wrong).find(({ layer }) => layer !== undefined);
      if (first === undefined || first.path[0] !== "layers") continue;
      found.failed++;
      const { fix } = first;
      if (fix === undefined) continue;
      found.offered++;
      expect(first.hint).toContain(`${String(fix.path[fix.path.length - 1])}: `);
      const after = mistakesIn(withValue(wrong, fix.path, fix.value));
      const place = JSON.stringify([first.path, first.layer]);
      expect(after.map((mistake) => JSON.stringify([mistake.path, mistake.layer]))).not.toContain(place);
      if (after.length === 0) found.valid++;
      if (pathText(fix.path) === pathText(path) && JSON.stringify(fix.value) === JSON.stringify(value)) found.undone++;
    }
  }
  const { failed, offered, valid, undone } = found;
  expect(failed).toBeGreaterThan(100);
  expect(offered / failed).toBeGreaterThan(0.9);
  expect(valid / offered).toBeGreaterThan(0.95);
  // Of two ways that do not come together, either may be the wrong one.
  expect(undone / offered).toBeGreaterThan(0.55);
});

it("gives the fixes of misspelled names: of layers, kinds, losses and words", () => {
  const layers = [
    { kind: "relu", name: "trunk" },
    { kind: "tanhh", from: "trnk" },
    { kind: "gelu", approximate: "tnh" },
  ];
  const found = mistakesIn({ version: 1, input: [3], layers, outputs: ["gelu"], loss: "huver" });
  expect(found.map(({ fix }) => fix)).toEqual([
    { path: ["loss"], value: "huber" },
    { path: ["outputs", 0], value: "gelu1" },
    { path: ["layers", 1, "kind"], value: "tanh" },
    { path: ["layers", 2, "approximate"], value: "tanh" },
  ]);
  const [{ fix, hint }] = mistakesIn({ version: 1, input: [3], layers: [layers[0], { ...layers[1], kind: "tanh" }] });
  expect(hint).toBe('Did you mean "trunk"?');
  expect(fix).toEqual({ path: ["layers", 1, "from"], value: "trunk" });
});

it("mends a layer of a block that repeats, in all of its repetitions", () => {
  const block = { kind: "residual", layers: [{ kind: "affine", units: 5 }] };
  const spec = { version: 1, input: [4], layers: [{ kind: "block", layers: [block], repeat: 3 }] };
  const [{ fix, hint }, ...others] = mistakesIn(spec);
  expect(others).toEqual([]);
  expect(hint).toContain('Did you mean units: 4 in "block1.1.residual1.affine1"?');
  expect(fix).toEqual({ path: ["layers", 0, "layers", 0, "layers", 0, "units"], value: 4 });
  expect(mistakesIn(withValue(spec, (fix as { path: Path }).path, fix?.value))).toEqual([]);
});

it("takes the source that differs from the others for the wrong one", () => {
  const branch = (units: number, name: string): object => ({ kind: "affine", units, name, from: "input" });
  const layers = [branch(4, "a"), branch(5, "b"), branch(4, "c"), { kind: "add", from: ["a", "b", "c"] }];
  expect(mistakesIn({ version: 1, input: [3], layers })[0].fix).toEqual({ path: ["layers", 1, "units"], value: 4 });
});
