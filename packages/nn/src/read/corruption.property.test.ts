/** Whatever is wrong with a spec is told with its place: random corruptions of random valid specs, and hostile values. */
import { SpecError } from "@adjoint/tensor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { build } from "../model/build.ts";
import { type Corrupted, corruptionOf, type Path, placesIn, valueAt, withValue } from "../testing/corruptions.ts";
import { layersOf, modelSpecs } from "../testing/model-specs.ts";
import { layerPath, type Mistake, ModelSpecError, pathText } from "./mistake.ts";
import type { ModelSpec } from "./model-spec.ts";
import { parseModel } from "./parse.ts";

/** All mistakes in a value; none where it is a spec. Anything else thrown is a defect. */
function mistakesIn(value: unknown): readonly Mistake[] {
  try {
    parseModel(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelSpecError);
    return (error as ModelSpecError).mistakes;
  }
  return [];
}

/** Whether the place `later` stands behind `earlier`: in the first list where they differ. */
function isBehind(later: Path, earlier: Path): boolean {
  const i = later.findIndex((key, k) => key !== earlier[k]);
  if (i < 0 || i >= earlier.length) return false;
  // The shortcut of a residual stands beside its layers.
  if (typeof later[i] !== "number") return later[0] === earlier[0];
  return (later[i] as number) > (earlier[i] as number);
}

const startsWith = (path: Path, start: Path): boolean => start.every((key, i) => path[i] === key);

/**
 * Whether a mistake names a corrupted place. It does when it stands in the same layer or part of the model, or in what
 * holds it; when it stands behind it, where the effect of another shape, name or order shows (losses and outputs are
 * behind all layers, all is behind the inputs, and the layers of a block that repeats are behind each other); or when it says that nothing takes what was taken before.
 */
function names({ path, problem, layer }: Mistake, { path: corrupted, value }: Corrupted): boolean {
  const place = layerPath(corrupted);
  if (/unused/.test(problem)) return true;
  if (/^input/.test(String(corrupted[0]))) return true;
  if (place.length === 0) return path[0] === corrupted[0] || (path[0] !== "layers" && corrupted[0] !== "layers");
  if (path[0] !== "layers") return path.length > 0;
  // A shared layer is run where it is shared, and told by the name that it has there.
  if (/shared\d/.test(layer ?? "")) return true;
  if (startsWith(path, place) || startsWith(corrupted, path) || isBehind(path, place)) return true;
  return place.some((_, k) => {
    const around = valueAt(value, place.slice(0, k)) as { readonly repeat?: number };
    return startsWith(path, place.slice(0, k)) && (around.repeat ?? 1) > 1;
  });
}

describe("a corrupted spec", () => {
  it("is refused with the place that was corrupted, or is valid in another way", () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(
        modelSpecs.chain((spec) => corruptionOf(spec)),
        (corrupted) => {
          const mistakes = mistakesIn(corrupted.value);
          if (mistakes.length === 0) {
            // Then it is one that can be built, if it is not too large.
            try {
              build(corrupted.value as ModelSpec, { maxParameters: 20_000 });
            } catch (error) {
              expect(error).toBeInstanceOf(SpecError);
              expect((error as Error).message).toContain("maxParameters");
            }
            return;
          }
          const all = mistakes.map((mistake) => `${pathText(mistake.path)}: ${mistake.problem.slice(0, 200)}`);
          expect(
            mistakes.some((mistake) => names(mistake, corrupted)),
            `${corrupted.what} at ${pathText(corrupted.path)}\n${all.join("\n")}`,
          ).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("is refused where a function stands, in any place", () => {
    for (const spec of fc.sample(modelSpecs, { numRuns: 3, seed: 1 })) {
      for (const path of placesIn(spec)) {
        const value = withValue(spec, path, () => 1);
        const corrupted = { value, path, what: "a function" };
        expect(
          mistakesIn(value).some((mistake) => names(mistake, corrupted)),
          pathText(path),
        ).toBe(true);
      }
    }
  });

  it("has all of its mistakes told at once: a misspelled name, a shape, a source that is not there", () => {
    fc.assert(
      fc.property(
        modelSpecs.filter(({ layers }) => layers.length >= 2),
        fc.nat(),
        (spec, choice) => {
          const copy = structuredClone(spec) as unknown as { layers: Record<string, unknown>[] };
          const first = choice % (copy.layers.length - 1);
          const misspelled = copy.layers[first];
          copy.layers[first] = { ...misspelled, kind: `${misspelled.kind}x` };
          // 7919 is prime, and no shape of the samples has so many numbers.
          copy.layers.splice(first + 1, 0, { kind: "reshape", shape: [7919] });
          copy.layers.push({ kind: "relu", from: "nobody" });
          const paths = mistakesIn(copy).map(({ path }) => pathText(path));
          expect(paths).toContain(`layers[${first}].kind`);
          expect(paths).toContain(`layers[${first + 1}]`);
          expect(paths).toContain(`layers[${copy.layers.length - 1}].from`);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is told every unknown name, in whatever layer", () => {
    const strange = fc.constantFrom("__proto__", "constructor", "toString", "nonlinearity", "x");
    fc.assert(
      fc.property(modelSpecs, strange, (spec, key) => {
        const places = layersOf(spec).map(({ path }) => [...path, key]);
        const value = places.reduce<unknown>((copy, path) => withValue(copy, path, { polluted: true }), spec);
        const found = mistakesIn(value).filter(({ problem }) => problem.startsWith(`unknown name "${key}"`));
        expect(found.map(({ path }) => pathText(path)).sort()).toEqual(places.map(pathText).sort());
      }),
      { numRuns: 50 },
    );
  });
});

describe("hostile values", () => {
  const relu = { kind: "relu" };
  const nested = (depth: number): object =>
    Array.from({ length: depth }).reduce<object>((inner) => ({ kind: "block", layers: [inner] }), relu);
  const repeated = (depth: number, repeat: number): object =>
    Array.from({ length: depth }).reduce<object>((inner) => ({ kind: "block", layers: [inner], repeat }), relu);
  const doubled = (): object => {
    let inner: object = relu;
    for (let i = 0; i < 60; i++) inner = { kind: "block", layers: [inner, inner] };
    return inner;
  };
  const withLayers = (layers: unknown, input: unknown = [4]): object => ({ version: 1, input, layers });
  const many = (n: number, layer: (i: number) => object): object[] => Array.from({ length: n }, (_, i) => layer(i));
  const values: [string, () => unknown, Path][] = [
    ["nested 10,000 deep", () => withLayers([nested(10_000)]), ["layers", 0]],
    ["1e9 steps of an LSTM", () => withLayers([{ kind: "lstm", units: 1 }], [1e9, 1]), ["layers", 0]],
    ["1e9 steps of a GRU", () => withLayers([{ kind: "gru", units: 1 }], [1e9, 1]), ["layers", 0]],
    ["repeated 1e9 times", () => withLayers([repeated(1, 1e9)]), ["layers", 0, "repeat"]],
    [
      "what is no layer, repeated 1e9 times in what is repeated 1e9 times",
      () =>
        withLayers([{ kind: "block", layers: [{ kind: "block", layers: [relu, "relu"], repeat: 1e9 }], repeat: 1e9 }]),
      ["layers", 0, "layers", 0, "layers", 1],
    ],
    [
      "nothing known, repeated 1e9 times",
      () => withLayers([{ kind: "block", layers: ["relu"], repeat: 1e9 }]),
      ["layers", 0, "layers", 0],
    ],
    ["repeated 100 times, 10 deep", () => withLayers([repeated(10, 100)]), ["layers", 0]],
    [
      "5000 layers, repeated 5000 times",
      () => withLayers([{ kind: "block", layers: many(5000, () => relu), repeat: 5000 }]),
      ["layers", 0, "repeat"],
    ],
    ["lists that double 60 times", () => withLayers([doubled()]), ["layers", 0]],
    ["a list of 1e9 holes for layers", () => withLayers(new Array(1e9)), ["layers"]],
    [
      "a list of 1e9 holes for a shape",
      () => withLayers([{ kind: "reshape", shape: new Array(1e9) }]),
      ["layers", 0, "shape"],
    ],
    ["a list of 1e9 holes for an input", () => withLayers([relu], new Array(1e9)), ["input"]],
    [
      "100,000 unknown names",
      () =>
        withLayers([
          { kind: "relu", ...Object.fromEntries(many(100_000, (i) => ({ i })).map((v, i) => [`k${i}`, v])) },
        ]),
      ["layers", 0],
    ],
    ["a kind of 50 million letters", () => withLayers([{ kind: "x".repeat(5e7) }]), ["layers", 0, "kind"]],
    [
      "10,000 long names that are not there",
      () => withLayers(many(10_000, (i) => ({ kind: "relu", name: `layer${i}`, from: `${"x".repeat(150)}${i}` }))),
      ["layers", 0, "from"],
    ],
    [
      "an embedding of 1e18 numbers",
      () => withLayers([{ kind: "embedding", vocabulary: 1e9, units: 1e9 }], { shape: [2], type: "labels" }),
      ["layers", 0],
    ],
    [
      "a pool to 20 million rows",
      () => withLayers([{ kind: "adaptiveAveragePooling", size: [2e7, 1] }], [1, 4, 4]),
      ["layers", 0],
    ],
    [
      "filters of 1e9 × 1e9",
      () => withLayers([{ kind: "convolution", filters: 1e9, size: 1e9, pad: 1e9 }], [1, 4, 4]),
      ["layers", 0],
    ],
    ["padding by 2e9", () => withLayers([{ kind: "pad", widths: [[2e9, 2e9]] }]), ["layers", 0]],
    ["upsampling by 2e9", () => withLayers([{ kind: "upsampling", factor: 2e9 }], [1, 4, 4]), ["layers", 0]],
    [
      "2000 layers of which no two fit",
      () => withLayers(many(2000, (i) => ({ kind: "reshape", shape: [7919 + i] }))),
      ["layers", 0],
    ],
    [
      "100 long recurrences",
      () =>
        withLayers(
          many(100, (i) => ({ kind: "lstm", units: 2 + i })),
          [3000, 4],
        ),
      ["layers"],
    ],
    [
      "an instance of a class with toJSON",
      () => withLayers([Object.assign(Object.create({ toJSON: () => relu }), relu)]),
      ["layers", 0],
    ],
    ["an object whose fields are inherited", () => Object.create(withLayers([relu])), []],
    [
      "a getter that throws",
      () =>
        withLayers([
          {
            kind: "relu",
            get name() {
              throw new Error("no");
            },
          },
        ]),
      ["layers", 0],
    ],
    [
      "a proxy that throws",
      () =>
        withLayers([
          new Proxy(
            {},
            {
              ownKeys: () => {
                throw new Error("no");
              },
            },
          ),
        ]),
      ["layers", 0],
    ],
    [
      "attributes in a circle",
      () => {
        const a: Record<string, unknown> = {};
        a.a = a;
        return withLayers([{ kind: "op", op: "sin", attributes: a }]);
      },
      ["layers", 0, "attributes"],
    ],
    [
      "attributes that JSON does not have",
      () => withLayers([{ kind: "op", op: "sin", attributes: { n: 3n } }]),
      ["layers", 0, "attributes"],
    ],
    ["no inputs at all", () => ({ version: 1, inputs: {}, layers: [relu] }), ["inputs"]],
    ["one output twice", () => ({ ...withLayers([{ ...relu, name: "a" }]), outputs: ["a", "a"] }), ["outputs", 1]],
    ["an unknown loss behind layers that fit", () => ({ ...withLayers([relu]), loss: "softmaxWithLos" }), ["loss"]],
  ];

  it.each(values)("are refused, and their place is told: %s", (_, make, place) => {
    const mistakes = mistakesIn(make());
    const paths = mistakes.map(({ path }) => path);
    expect(
      paths.some((path) => startsWith(path, place)),
      paths.slice(0, 5).map(pathText).join("; "),
    ).toBe(true);
  });

  it("are read once: a getter that lies the second time changes nothing", () => {
    let reads = 0;
    const liar = {
      kind: "affine",
      get units() {
        return reads++ === 0 ? 3 : -1;
      },
    };
    const spec = parseModel(withLayers([liar]));
    expect(JSON.parse(JSON.stringify(spec)).layers).toEqual([{ kind: "affine", units: 3 }]);
    expect(build(spec).params["affine1.weight"].shape).toEqual([4, 3]);
  });
});
