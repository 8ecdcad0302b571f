import { checkValue, constant, mul, noGrad, randomUniform, sub, sum, type Variable, variable } from "@adjoint/autograd";
import { rng, tensor } from "@adjoint/tensor";
import { expect, it } from "vitest";
import { messageOf } from "../../../testing/message-of.ts";
import { compile } from "./compile.ts";
import { loadProgramState, programState, stateNames } from "./states.ts";
import { trace } from "./trace/trace.ts";

function made() {
  const w = variable(tensor([1, 2]), { name: "w" });
  const generator = rng(5);
  const step = (x: Variable): Variable => {
    w.zeroGrad();
    const loss = sum(mul(mul(w, x), randomUniform(generator, [2])));
    loss.backward();
    noGrad(() => w.assign(sub(w, w.grad as Variable)));
    return loss;
  };
  return { w, generator, step };
}

const x = constant(tensor([3, 4]));

it("reads the states of a program where they live, and puts them back", () => {
  const { w, generator, step } = made();
  const compiled = compile(step);
  compiled(x);
  const { program } = compiled;
  if (program === null) throw new Error("no program");
  expect(stateNames(program)).toEqual(["w.grad", "w", "generator 0"]);
  const state = programState(program);
  expect([state.w.toArray(), state["generator 0"].toArray()]).toEqual([w.toArray(), [5, 2]]);
  const next = compiled(x).item();
  loadProgramState(program, state);
  expect([w.toArray(), generator.state]).toEqual([state.w.toArray(), { key: 5, counter: 2 }]);
  expect(compiled(x).item()).toBe(next);
});

it("tells states of one name apart", () => {
  const [a, b] = [1, 2].map((value) => variable(tensor([value]), { name: "p" }));
  const program = trace(() => mul(a, b));
  expect(stateNames(program)).toEqual(["p", "p 2"]);
  expect(Object.values(programState(program)).map((value) => value.toArray())).toEqual([[1], [2]]);
});

it("changes nothing where something does not fit", () => {
  const { w, generator, step } = made();
  const program = trace(step, x);
  const state = programState(program);
  const moved = { ...state, "generator 0": tensor(Float64Array.of(5, 9)) };
  expect(messageOf(() => loadProgramState(program, { w: state.w }))).toMatchInlineSnapshot(
    `"loadProgramState: there is no value for generator 0; expected generator 0. Pass the tensors of a file that was written for this program."`,
  );
  expect(messageOf(() => loadProgramState(program, { ...moved, w: tensor([1]) }))).toMatchInlineSnapshot(
    `"loadProgramState: "w" is float32 [1], in the program float32 [2]; expected float32 [2]. Trace the function that the file was written for."`,
  );
  expect(messageOf(() => programState({ ...program }))).toMatchInlineSnapshot(
    `"programState: the program is bound to no Variables, as one is that was read or put together. Pass what trace(fn, …) returned, or the program of a compiled function."`,
  );
  expect([w.toArray(), generator.state]).toEqual([[1, 2], { key: 5, counter: 0 }]);
});

it("keeps gradients and values when a call throws", () => {
  const w = variable(tensor([1, 2]), { name: "w" });
  const step = compile(
    (x: Variable) => {
      checkValue(x, (value) => {
        if ((value.toArray() as number[])[0] < 0) throw new Error("a negative number");
      });
      w.zeroGrad();
      const loss = sum(mul(mul(w, x), w));
      loss.backward();
      noGrad(() => w.assign(sub(w, mul(w.grad as Variable, 0.25))));
      return loss;
    },
    { engine: "wasm" },
  );
  step(x);
  // The gradient is 2 w x.
  const expected = [
    [6, 16],
    [-0.5, -2],
  ];
  expect(() => step(constant(tensor([-1, 1])))).toThrow("a negative number");
  expect([w.grad?.toArray(), w.toArray()]).toEqual(expected);
  expect(step(x).item()).toBe(3 * 0.25 + 4 * 4);
});
