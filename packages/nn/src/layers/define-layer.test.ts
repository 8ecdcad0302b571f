import { mul } from "@adjoint/autograd";
import { SpecError } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { messageOf } from "../../../../testing/message-of.ts";
import { build } from "../model/build.ts";
import { model } from "../read/parse.ts";
import { type DefinedParameter, defineLayer } from "./define-layer.ts";

const forward = ([x]: readonly Parameters<typeof mul>[0][]) => mul(x, 2);

describe("a defined layer", () => {
  it("can be named and take from others, also without options of its own", () => {
    const twice = defineLayer({ kind: "twice", forward });
    const spec = model(
      { input: [3], layers: [twice({ name: "a" }), twice({ name: "b", from: "a" })] },
      { use: [twice] },
    );
    expect(build(spec, { use: [twice] }).layers.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("is refused where its definition cannot work", () => {
    const defined = (options: unknown) =>
      messageOf(() => defineLayer({ kind: "own", options: options as never, forward }));
    expect([
      defined(null),
      defined({ start: 3 }),
      defined({ name: z.number() }),
      messageOf(() => defineLayer({ kind: "a b", forward })),
      messageOf(() => defineLayer({ kind: "own" } as never)),
    ]).toMatchInlineSnapshot(`
      [
        "defineLayer: options are null; expected zod schemas by name.",
        "defineLayer: the option start is not a zod schema; expected zod schemas by name.",
        "defineLayer: every layer has the option name; expected other names.",
        "defineLayer: the kind "a b" is not a name; expected letters, digits, _ and -, starting with a letter.",
        "defineLayer: forward is missing; expected a function of Variables.",
      ]
    `);
  });

  it("tells parameters that cannot begin as they say before any is made", () => {
    const told = (parameter: unknown) => {
      const own = defineLayer({ kind: "own", parameters: () => ({ p: parameter as DefinedParameter }), forward });
      return messageOf(() => model({ input: [4], layers: [own()] }, { use: [own] }));
    };
    expect([
      told(null),
      told({ shape: [4] }),
      told({ shape: [4], fanIn: 0 }),
      told({ shape: [4], fanIn: 4, init: "hee" }),
      told({ shape: [4], fill: Number.NaN }),
      told({ shape: [1.5], fill: 0 }),
    ]).toMatchInlineSnapshot(`
      [
        "own1: p: the parameter is null; expected { shape, fill } or { shape, fanIn }. Give its shape and initial value. Its input is [4]. See layers[0] (own).",
        "own1: p: fanIn is undefined; expected a number ≥ 1. It is the number of inputs that each output sums. Use fill for a constant. Its input is [4]. See layers[0] (own).",
        "own1: p: fanIn is 0; expected a number ≥ 1. It is the number of inputs that each output sums. Use fill for a constant. Its input is [4]. See layers[0] (own).",
        "own1: unknown weight initialization "hee"; expected "he", "relu", "xavier", "sigmoid", "heUniform", "glorotNormal", "glorotUniform", "lecunNormal", "orthogonal", or a standard deviation ≥ 0. Its input is [4]. See layers[0] (own).",
        "own1: p: fill is NaN; expected a finite number. It is the initial value of all entries. Its input is [4]. See layers[0] (own).",
        "own1: shape is [1.5]; expected an array of integers ≥ 0, such as [2, 3]. Its input is [4]. See layers[0] (own).",
      ]
    `);
  });

  it("takes options that are plain JSON alone, whatever its schemas say: its specs are files", () => {
    const own = defineLayer({ kind: "own", options: { of: z.any() }, forward });
    const given = (of: unknown) => () => model({ input: [4], layers: [own({ of })] }, { use: [own] });
    expect(given({ list: [1, "a", null] })().layers[0]).toEqual({ kind: "own", of: { list: [1, "a", null] } });
    expect([given(() => 3), given(3n), given([Number.NaN])].map(messageOf)).toMatchInlineSnapshot(`
      [
        "model: layers[0] (own): of is a function; it must be plain JSON.",
        "model: layers[0] (own): of is 3n; it must be plain JSON.",
        "model: layers[0] (own): of is [null]; it must be plain JSON.",
      ]
    `);
    expect(given([Number.POSITIVE_INFINITY])).toThrow(SpecError);
  });
});
