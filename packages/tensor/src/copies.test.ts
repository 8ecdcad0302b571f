/** Two copies of the library in one program tell each other apart. */
import { describe, expect, it, vi } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import * as here from "./index.ts";

vi.resetModules();
const there: typeof here = await import("./index.ts");

describe("another copy of the library", () => {
  it("has classes of its own", () => {
    expect(there.Tensor).not.toBe(here.Tensor);
    expect(there.tensor(1)).not.toBeInstanceOf(here.Tensor);
  });

  it("is named by errors about its values", () => {
    const foreign = there.tensor([1, 2]) as never;
    expect(messageOf(() => here.tensor(foreign))).toMatchInlineSnapshot(
      `"tensor: the value is a Tensor of another copy of adjoint; expected a value that this copy of adjoint made. Install one copy and import it everywhere (\`npm ls\` lists them), or pass plain numbers between the two."`,
    );
    expect(messageOf(() => here.ones([2], foreign))).toMatchInlineSnapshot(
      `"ones: options is a Tensor of another copy of adjoint; expected a value that this copy of adjoint made. Install one copy and import it everywhere (\`npm ls\` lists them), or pass plain numbers between the two."`,
    );
    expect(() => here.refuseOtherCopy("add", "x", here.tensor(1))).not.toThrow();
    for (const other of [1, null, undefined, {}, [], new Map()]) {
      expect(() => here.refuseOtherCopy("add", "x", other)).not.toThrow();
    }
  });

  it("throws errors that are instances of the same kinds here, and of no others", () => {
    const caught = (f: () => unknown): unknown => {
      try {
        return f();
      } catch (error) {
        return error;
      }
    };
    const error = caught(() => there.zeros([-1]));
    const is = (Kind: abstract new (...args: never[]) => Error): boolean => error instanceof Kind;
    expect([is(here.AdjointError), is(here.ShapeError), is(there.ShapeError), is(Error)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([is(here.DTypeError), is(here.IndexError), is(TypeError)]).toEqual([false, false, false]);
  });

  it("leaves instanceof as it is for classes that extend errors, and for other values", () => {
    class OwnError extends here.ShapeError {}
    class OtherError extends there.ShapeError {}
    const fields = { op: "own", problem: "it is wrong" };
    expect(new OwnError(fields)).toBeInstanceOf(OwnError);
    expect(new OwnError(fields)).toBeInstanceOf(here.AdjointError);
    expect(new OtherError(fields)).toBeInstanceOf(here.ShapeError);
    expect(new OtherError(fields)).not.toBeInstanceOf(OwnError);
    expect(new here.ShapeError(fields)).not.toBeInstanceOf(OwnError);
    for (const value of [null, undefined, 1, "AdjointError", {}, new Error("x"), Object.create(null), () => 1]) {
      expect(value instanceof here.AdjointError).toBe(false);
    }
  });
});
