/** A function that ONNX Runtime runs does what the function does, call after call. */
import { it } from "vitest";
import { runs } from "../../../../testing/runs.ts";
import { expectSameWithinRounding } from "../../../compiler/src/testing/same-within-rounding.ts";
import { onnxruntime } from "./engine.ts";

it("does the same within rounding, whatever the function reads and changes", () => {
  // ONNX Runtime has the error function of float32 only.
  expectSameWithinRounding(
    onnxruntime,
    runs(150),
    ({ dtype, steps }) => dtype === "float32" || steps.every(({ op }) => op !== "erf" && op !== "gelu"),
  );
});
