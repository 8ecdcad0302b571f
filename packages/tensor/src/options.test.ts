import { expect, it } from "vitest";
import { checkOptions, nearest } from "./options.ts";

it("names the option that was probably meant", () => {
  expect(() => checkOptions("im2col", { strid: 2 }, ["stride", "pad"])).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: im2col: unknown option "strid". Did you mean "stride"?]`,
  );
  expect(() => checkOptions("im2col", { colour: 2 }, ["stride", "pad"])).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: im2col: unknown option "colour". The options are stride, pad.]`,
  );
  expect(() => checkOptions("sum", [1], ["axis"])).toThrow(/options are \[1\]/);
  expect(() => checkOptions("sum", null, ["axis"])).toThrow(/options are null/);
  expect(() => checkOptions("sum", undefined, ["axis"])).toThrow(/options are undefined/);
  expect(() => checkOptions("abs", { axis: 1 }, [])).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: abs: unknown option "axis". It has no options.]`,
  );
  checkOptions("sum", { axis: 1 }, ["axis"]);
});

it("takes plain objects alone", () => {
  expect(() => checkOptions("sum", new Map([["axis", 1]]), ["axis"])).toThrowErrorMatchingInlineSnapshot(
    `[SpecError: sum: options are a Map; expected an object such as { axis }.]`,
  );
  expect(() => checkOptions("sum", "axis", ["axis"])).toThrow(/options are "axis"/);
  expect(() => checkOptions("sum", () => 1, ["axis"])).toThrow(/options are a function/);
  checkOptions("sum", Object.assign(Object.create(null), { axis: 1 }), ["axis"]);
});

it("finds near words alone", () => {
  expect(nearest("Learning_rate", ["learningRate", "lr"])).toBe("learningRate");
  expect(nearest("x", ["learningRate"])).toBeUndefined();
});

it("counts letters that changed places as one slip", () => {
  expect(nearest("inptu", ["input", "output"])).toBe("input");
  expect(nearest("xaiver", ["he", "xavier"])).toBe("xavier");
  expect(nearest("ab", ["ba"])).toBe("ba");
});

it("prefers, of words as near, the same but for doubled letters, what begins alike for longest, the same length", () => {
  expect(nearest("sinn", ["sinh", "sign", "sin"])).toBe("sin");
  expect(nearest("cos1", ["acos1", "cosh"])).toBe("cosh");
  expect(nearest("tanx", ["tan", "tanh"])).toBe("tanh");
});

it("finds the option that a name leaves the start of", () => {
  const known = ["epochs", "miniBatchSize", "poolSize"];
  expect(() => checkOptions("train", { batchSize: 10 }, known)).toThrow('Did you mean "miniBatchSize"?');
  expect(() => checkOptions("train", { size: 10 }, known)).toThrow("The options are epochs, miniBatchSize, poolSize.");
});
