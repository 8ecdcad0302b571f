import {
  abstractVariable,
  add,
  cast,
  checkValue,
  constant,
  defineOp,
  detectAnomaly,
  gather,
  grad,
  graphFromJSON,
  inferShapes,
  log,
  matmul,
  minimum,
  mul,
  neg,
  noGrad,
  randomUniform,
  recordAll,
  relu,
  repeat,
  reshape,
  scope,
  softmax,
  square,
  sub,
  sum,
  sumTo,
  tanh,
  type Variable,
  variable,
  vmap,
  withoutTrace,
} from "@adjoint/autograd";
import { GraphError, kernels, rng, Tensor, tensor } from "@adjoint/tensor";
import { describe, expect, it, vi } from "vitest";
import { compile } from "./compile.ts";
import type { ProgramPlan } from "./explain/plan.ts";
import { trace } from "./trace/trace.ts";

const w = (...values: number[]) => variable(tensor(values), { name: "w" });

describe("a compiled function", () => {
  it("moves Variables, gradients and generators as the function does", () => {
    const make = () => {
      const x = w(1, 2, 3);
      const generator = rng(5);
      const step = (data: Variable) => {
        x.zeroGrad();
        const loss = sum(square(sub(mul(x, randomUniform(generator, [3])), data)));
        loss.backward();
        noGrad(() => x.assign(sub(x, mul(x.grad as Variable, 0.1))));
        return { loss, norm: sum(square(x)) };
      };
      return { x, generator, step };
    };
    const [eager, program] = [make(), make()];
    const compiled = compile(program.step, { engine: "reference" });
    for (let i = 0; i < 4; i++) {
      const data = constant(tensor([i, -i, 1]));
      const [expected, given] = [eager.step(data), compiled(data)];
      expect([given.loss.item(), given.norm.item()]).toEqual([expected.loss.item(), expected.norm.item()]);
      expect(program.x.toArray()).toEqual(eager.x.toArray());
      expect(program.x.grad?.toArray()).toEqual(eager.x.grad?.toArray());
      expect(program.generator.state).toEqual(eager.generator.state);
    }
    expect(compiled.program?.states.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "gradient w",
      "generator generator 0",
      "value w",
    ]);
  });

  it("sees what others assign between calls, and keeps no value of its own", () => {
    const x = w(1, 2);
    const twice = compile(() => mul(x, 2));
    expect(twice().toArray()).toEqual([2, 4]);
    x.assign([5, 6]);
    expect(twice().toArray()).toEqual([10, 12]);
    expect(() => x.assign([1, 2, 3])).toThrow("assign");
    expect(twice().toArray()).toEqual([10, 12]);
  });

  it.each(["reference", "wasm"] as const)(
    "gives states values that follow from each other's old ones (%s)",
    (engine) => {
      const [a, b] = [w(1, 2, 3, 4, 5), w(10, 20, 30, 40, 50)];
      const step = compile(
        () => {
          const [x, y] = [mul(b, 2), sub(a, b)];
          a.assign(x);
          b.assign(y);
        },
        { engine },
      );
      step();
      expect([a.toArray(), b.toArray()]).toEqual([
        [20, 40, 60, 80, 100],
        [-9, -18, -27, -36, -45],
      ]);
    },
  );

  it("adds gradients up over calls where nobody forgets them", () => {
    const x = w(3);
    const step = compile((y: Variable) => sum(mul(x, y)).backward());
    step(constant([2]));
    expect(x.grad?.toArray()).toEqual([2]);
    step(constant([5]));
    expect(x.grad?.toArray()).toEqual([7]);
    x.zeroGrad();
    step(constant([1]));
    expect(x.grad?.toArray()).toEqual([1]);
  });

  it("forgets gradients, and calls hooks", () => {
    const x = w(3);
    const seen: string[] = [];
    x.onGrad((g) => {
      seen.push(String(g.shape));
      return mul(g, 10);
    });
    const step = compile((y: Variable) => {
      sum(mul(x, y)).backward();
      const { grad: g } = x;
      x.zeroGrad();
      return g as Variable;
    });
    expect(step(constant([2])).toArray()).toEqual([20]);
    expect(x.grad).toBeNull();
    // A hook is a part of the program, like any other code.
    expect(seen).toEqual(["1"]);
    x.onGrad((g) => mul(g, 2));
    expect(step(constant([2])).toArray()).toEqual([40]);
  });

  it.each(["reference", "wasm"] as const)(
    "gives the values of now where gradients are Variables from outside (%s)",
    (engine) => {
      const [x, y, g] = [w(1, 2), w(1, 2), w(3, 4)];
      y.onGrad(() => g);
      const step = compile(
        () => {
          x.grad = g;
          y.zeroGrad();
          sum(y).backward();
        },
        { engine },
      );
      step();
      g.assign([5, 6]);
      step();
      expect([x, y].map(({ grad }) => grad?.toArray())).toEqual([
        [5, 6],
        [5, 6],
      ]);
    },
  );

  it.each(["reference", "wasm"] as const)("calls the hooks of the argument that it is given (%s)", (engine) => {
    const step = compile((x: Variable) => sum(square(x)).backward(), { engine });
    const [plain, hooked, other] = [w(1, 2), w(1, 2), w(1, 2)];
    hooked.onGrad((g) => mul(g, 10));
    other.onGrad((g) => mul(g, -1));
    const remove = other.onGrad((g) => mul(g, 3));
    step(plain);
    step(hooked);
    step(other);
    remove();
    step(other);
    expect([plain, hooked, other].map(({ grad }) => grad?.toArray())).toEqual([
      [2, 4],
      [20, 40],
      [-8, -16],
    ]);
  });

  it("refuses to assign to arguments that were computed, and changes nothing", () => {
    const [x, own] = [w(1, 2), variable(0)];
    const y = mul(x, 2);
    const run = compile((y: Variable) => {
      own.assign(sum(y));
      y.assign(neg(y));
    });
    expect(() => run(y)).toThrow('assign: the Variable of shape [2] was computed by "mul"');
    expect([own.item(), y.toArray()]).toEqual([0, [2, 4]]);
  });

  it("gives arguments their gradients and values", () => {
    const step = compile((x: Variable) => {
      sum(square(x)).backward();
      noGrad(() => x.assign(mul(x, 2)));
    });
    const [a, b] = [w(1, 2), w(3, 4)];
    step(a);
    step(b);
    step(a);
    expect([a.toArray(), a.grad?.toArray()]).toEqual([
      [4, 8],
      [6, 12],
    ]);
    expect([b.toArray(), b.grad?.toArray()]).toEqual([
      [6, 8],
      [6, 8],
    ]);
  });

  it("takes a Variable that is several arguments for one", () => {
    const step = compile((x: Variable, { y }: { readonly y: Variable }) => {
      sum(mul(square(x), y)).backward();
      noGrad(() => x.assign(add(x, 1)));
      return mul(x, y);
    });
    const [a, b] = [w(1, 2), w(3, 4)];
    expect(step(a, { y: b }).toArray()).toEqual([6, 12]);
    expect([a.grad?.toArray(), b.grad?.toArray()]).toEqual([
      [6, 16],
      [1, 4],
    ]);
    // (x³)' = 3x², and what was assigned to x is what y is.
    expect(step(b, { y: b }).toArray()).toEqual([16, 25]);
    expect(b.grad?.toArray()).toEqual([1 + 27, 4 + 48]);
    expect(step(a, { y: b }).toArray()).toEqual([12, 20]);
  });

  it("has a Variable itself where an op has nothing to do, not the value that it had then", () => {
    const make = () => {
      const x = w(1, 2);
      return (y: Variable) => {
        const same = [cast(x, "float32"), repeat(x, [2]), sumTo(y, [2])];
        noGrad(() => x.assign(mul(x, 3)));
        noGrad(() => y.assign(add(y, 1)));
        return same.map((z) => mul(z, 2));
      };
    };
    const [eager, compiled] = [make(), compile(make())];
    for (const y of [w(5, 6), w(7, 8)]) {
      expect(compiled(w(...(y.toArray() as number[]))).map((z) => z.toArray())).toEqual(
        eager(y).map((z) => z.toArray()),
      );
    }
  });

  it("takes and gives records and lists, and compiles plain values in", () => {
    const run = compile(({ x, more }: { x: Variable; more: readonly Variable[] }, power: number, name?: string) => ({
      sums: more.map((y) => add(x, y)),
      power: mul(x, power),
      name,
    }));
    const batch = { x: constant(2), more: [constant(1), constant(10)] };
    const { sums, power, name } = run(batch, 3, "n");
    expect([sums.map((y) => y.item()), power.item(), name]).toEqual([[3, 12], 6, "n"]);
    expect(run(batch, 4).power.item()).toBe(8);
    expect(run(batch, 4).name).toBeUndefined();
    expect(run({ x: constant([1, 2]), more: [] }, 1).power.toArray()).toEqual([1, 2]);
  });

  it("takes lists with gaps for other lists than those without", () => {
    const last = compile((xs: Variable[]) => mul(xs.at(-1) as Variable, xs.length));
    const [x, gap]: Variable[][] = [[w(3)], []];
    gap[1] = x[0];
    expect([gap, x, gap].map((xs) => last(xs).toArray())).toEqual([[6], [3], [6]]);
  });

  it("takes plain values that are written alike for different ones", () => {
    const values = [0, -0, 0n, "0", false, "false", null, "null", undefined, Number.NaN];
    const run = compile((x: Variable, value: unknown) => ({ x, value }));
    // Twice: traced, and known.
    for (const value of [...values, ...values]) expect(run(constant(1), value).value).toBe(value);
  });

  it("is traced once for each shape, dtype and mode", () => {
    let traces = 0;
    const x = w(2);
    const f = compile((y: Variable) => {
      traces++;
      return mul(x, y);
    });
    for (const y of [[1], [2], [1, 2], [3], [3, 4]]) f(constant(y));
    expect(traces).toBe(2);
    f(constant([1], { dtype: "float64" }));
    noGrad(() => f(constant([1])));
    expect(traces).toBe(4);
  });

  it("finds states that the function makes when it first runs, and those that it makes anew each time", () => {
    const make = () => {
      let count: Variable | null = null;
      let generator: ReturnType<typeof rng> | null = null;
      return () => {
        count ??= variable(0, { name: "count", requiresGrad: false });
        generator ??= rng(7);
        const own = variable([1, 2]);
        own.assign(mul(own, 3));
        const fresh = rng(9);
        noGrad(() => (count as Variable).assign(add(count as Variable, 1)));
        return [count, own, randomUniform(generator, [2]), randomUniform(fresh, [2]), constant(fresh.uniform([1]))];
      };
    };
    const [eager, compiled] = [make(), compile(make())];
    for (let i = 0; i < 3; i++) {
      expect(compiled().map((y) => y.toArray())).toEqual(eager().map((y) => y.toArray()));
    }
  });

  it("runs ops of users by their own kernels", () => {
    const cube = defineOp({
      name: "cube",
      infer: ([x]) => x,
      forward: ([x]) => kernels.mul(x, kernels.mul(x, x)),
      backward: [({ grad: g, inputs: [x] }) => mul(g, mul(square(x), 3))],
    });
    const x = w(2, -1);
    const step = compile(() => {
      x.zeroGrad();
      const loss = sum(cube(x));
      loss.backward();
      return loss;
    });
    expect(step().item()).toBe(7);
    expect(x.grad?.toArray()).toEqual([12, 3]);
  });

  it.each(["reference", "wasm"] as const)("explains what ops of users throw, as the function does (%s)", (engine) => {
    const broken = (part: object) =>
      defineOp({
        name: "broken",
        infer: ([x]) => x,
        forward: ([x]) => kernels.copy(x),
        backward: [({ grad }) => grad],
        ...part,
      });
    const parts = [
      { forward: ({ inputs }: never) => kernels.exp(inputs[0]) },
      { forward: (x: never) => kernels.exp(x) },
      { forward: () => undefined },
      { infer: ({ inputs }: never) => inputs[0] },
    ];
    const explained = (fn: (x: Variable) => unknown): unknown => {
      try {
        return fn(w(1, 2));
      } catch (error) {
        const { name, problem, hint } = error as GraphError;
        return { name, problem, hint };
      }
    };
    for (const op of parts.map(broken)) {
      for (const fn of [(x: Variable) => op(x), () => op(constant([1, 2]))]) {
        const error = explained(fn);
        expect(error).toHaveProperty("problem");
        expect(explained(compile(fn, { engine }))).toEqual(error);
      }
    }
  });

  it.each(["reference", "wasm"] as const)("gives checks and ops of users tensors that they may keep (%s)", (engine) => {
    const kept: Tensor[] = [];
    const spy = defineOp({
      name: "spy",
      infer: ([x]) => x,
      forward: ([x]) => {
        kept.push(x);
        return x;
      },
      backward: [({ grad }) => grad],
    });
    const step = compile(
      (x: Variable) => {
        const y = mul(x, 2);
        checkValue(y, (value) => kept.push(value));
        return tanh(add(spy(add(y, 1)), 1));
      },
      { engine },
    );
    for (const x of [1, 2, 3]) step(constant([x]));
    const values = kept.flatMap((value) => value.toArray() as number[]).toSorted((a, b) => a - b);
    expect(values).toEqual([2, 3, 4, 5, 6, 7]);
  });

  it("runs as it is where a kernel of its own program calls it", () => {
    // Of a small number the function itself, called with its square: f(2) asks for f(9), which is 10 + 90.
    const again = defineOp({
      name: "again",
      infer: ([x]) => x,
      forward: ([x]) => (Number(kernels.copy(x).data[0]) > 8 ? x : f(constant(kernels.mul(x, x))).value),
      backward: [({ grad: g }) => g],
    });
    const fn = (x: Variable): Variable => add(again(add(x, 1)), mul(x, 10));
    const f: (x: Variable) => Variable = compile(fn, { engine: "wasm" });
    for (let i = 0; i < 2; i++) expect(f(w(2)).toArray()).toEqual([100 + 20]);
  });

  it("runs as it is inside other functions of functions", () => {
    const f = compile((x: Variable) => sum(tanh(x)));
    expect(vmap(f)(w(0, 0)).shape).toEqual([2]);
    expect(inferShapes(() => f(abstractVariable({ shape: [3], dtype: "float32" }))).shape).toEqual([]);
    expect(recordAll(() => f(w(1))).creator?.op?.name).toBe("sum");
    const outer = compile((x: Variable) => mul(f(x), 2));
    expect(outer(w(0)).item()).toBe(0);
    expect(outer.program?.graph.nodes.some(({ op }) => op === "tanh")).toBe(true);
    const x = constant([-1]);
    const bad = compile((y: Variable) => sum(log(y)));
    expect(bad(x).item()).toBeNaN();
    expect(() => detectAnomaly(() => bad(x))).toThrow("log: the result is NaN");
  });

  it("draws ahead and leaves no trace where the function does", () => {
    const make = () => {
      const [x, generator] = [w(1, 2), rng(3)];
      return () => {
        const ahead = withoutTrace(() => {
          x.assign([0, 0]);
          return [randomUniform(generator, [2]), randomUniform(generator, [2])];
        });
        return [...ahead, randomUniform(generator, [2]), randomUniform(generator, [2]), mul(x, 1)];
      };
    };
    const [eager, compiled] = [make(), compile(make())];
    for (let i = 0; i < 3; i++) {
      const [a, b, c, d, x] = compiled().map((y) => y.toArray());
      expect([a, b, c, d, x]).toEqual(eager().map((y) => y.toArray()));
      expect([a, b, x]).toEqual([c, d, [1, 2]]);
    }
    const x = w(1, 2);
    expect(() => compile(() => withoutTrace(() => mul(x, Number(x.value.at(0)))))()).toThrow('the value of "w"');
  });

  it("takes derivatives inside", () => {
    const x = w(0.5, 2);
    const f = compile((y: Variable) => grad((z) => sum(grad((u) => sum(mul(mul(u, u), u)))(z)))(mul(x, y)));
    expect(f(constant([1, 1])).toArray()).toEqual([3, 12]);
    const each = compile((y: Variable) => vmap(grad((z: Variable) => mul(z, mul(z, z))))(y));
    expect(each(constant([1, 2])).toArray()).toEqual([3, 12]);
  });

  it.each(["reference", "wasm"] as const)("lets gradients flow on from arguments that were computed (%s)", (engine) => {
    const f = (x: Variable, y: Variable): Variable => {
      const loss = sum(mul(mul(x, x), y));
      loss.backward();
      return loss;
    };
    const gradients = (f: (x: Variable, y: Variable) => Variable) => {
      const source = variable([1, 2, 3]);
      const called = vi.fn();
      return [1, 2].map(() => {
        const x = mul(source, 2).retainGrad();
        x.onGrad((gradient) => {
          called();
          return mul(gradient, 10);
        });
        f(x, x);
        f(x, constant([4, 5, 6]));
        return [source, x].map(({ grad }) => grad?.toArray()).concat(called.mock.calls.length as never);
      });
    };
    expect(gradients(compile(f, { engine }))).toEqual(gradients(f));
  });

  it("lets all gradients flow on at once, and leaves everything in its place where a hook fails", () => {
    const f = (a: Variable, b: Variable): Variable => {
      const loss = sum(mul(a, b));
      loss.backward();
      return loss;
    };
    const gradient = (f: (a: Variable, b: Variable) => Variable) => {
      const source = variable([1, 2]);
      const hook = vi.fn((g: Variable) => minimum(g, 4));
      source.onGrad(hook);
      const other = variable([1, 2]);
      f(mul(source, 2), mul(other, 3));
      f(mul(source, 2), mul(source, 3));
      return [source.grad?.toArray(), other.grad?.toArray(), hook.mock.calls.length];
    };
    expect(gradient(compile(f))).toEqual(gradient(f));

    const source = variable([1, 2]);
    const remove = source.onGrad(() => {
      throw new Error("no");
    });
    const [a, b] = [mul(source, 2).retainGrad(), mul(source, 3).retainGrad()];
    const kept = constant([7, 7]);
    a.grad = kept;
    a.onGrad((g) => mul(g, 2));
    const { hooks } = a.node;
    const compiled = compile(f);
    expect(() => compiled(a, b)).toThrow("no");
    expect([a.grad?.toArray(), b.grad, source.grad, a.node.hooks === hooks]).toEqual([[7, 7], null, null, true]);
    remove();
    compiled(a, b);
    // a: 7 + 2 · b; source: 2 · 2 · b + 3 · a.
    expect([a.grad?.toArray(), source.grad?.toArray()]).toEqual([
      [13, 19],
      [18, 36],
    ]);
  });

  it("says what its program is", () => {
    const W = variable([[1, 2]], { name: "W" });
    const f = compile((x: Variable) => scope("layer", () => relu(matmul(x, W))), { engine: "reference" });
    expect([f.program, f.engine, f.explain()]).toEqual([
      null,
      "reference",
      "no program yet: the function was not called",
    ]);
    f(constant([[3]], { name: "x" }));
    expect(f.explain()).toMatchInlineSnapshot(`
      "program of 2 ops: 1 inputs, 1 outputs, 1 states, 0 of them move
      %0 = input: float32 [1, 1] "x"
      %1 = state: float32 [1, 2] "W" in layer
      %2 = matmul(%0, %1): float32 [1, 2] in layer
      %3 = relu(%2): float32 [1, 2] in layer
      return %3

      engine "reference": each op runs by its own kernel; a value is freed after its last use"
    `);
  });

  it("says what memory its engine planned, and in which parts it runs", () => {
    const x = w(1, 2, 3);
    const f = compile((y: Variable) => sum(mul(tanh(mul(x, y)), y)), { engine: "wasm" });
    f(constant([1, 2, 3]));
    const [, plan] = f.explain().split("\n\n");
    expect(plan.replaceAll(/[\d.]+ (?:KiB|B)/g, "…")).toMatchInlineSnapshot(`
      "engine "wasm": 2 parts in … of memory
      memory: … for inputs, constants and states; results take turns in …
      1. mul tanh mul [3]
      2. sum []"
    `);
  });

  it("has as data what runs, and which nodes run together", () => {
    const x = w(1, 2, 3);
    const f = compile((y: Variable) => sum(mul(softmax(reshape(mul(x, y), [1, 3])), 2)), { engine: "wasm" });
    expect(f.plan).toBeNull();
    f(constant([1, 2, 3]));
    const { program, parts, bytes, became } = f.plan as ProgramPlan;
    const { nodes } = program.graph;
    const ops = parts.map((part) => `${part.name}: ${part.nodes.map((id) => nodes[id].op).join(" ")}`);
    expect(ops).toMatchInlineSnapshot(`
      [
        "mul: mul reshape",
        "max: max repeat",
        "sub exp: sub exp",
        "sum: sum repeat",
        "div mul: div mul",
        "sum: sum",
      ]
    `);
    // Every op runs somewhere, or is read from where another one left it.
    const running = new Set(parts.flatMap((part) => part.nodes));
    expect(nodes.filter(({ id, op }) => op !== null && !running.has(id))).toEqual([]);
    expect([bytes > 0, became.length]).toEqual([true, f.program?.graph.nodes.length]);
    const g = compile((y: Variable) => sum(softmax(y)), { engine: "reference" });
    g(constant([1, 2]));
    expect(g.plan?.program).toBe(g.program);
    expect(g.plan?.parts.map((part) => part.nodes)).toEqual([[1], [2]]);
  });

  it("says what was rewritten, and how long its parts take", () => {
    const x = w(1, 2, 3);
    const f = compile((y: Variable) => sum(softmax(add(mul(x, y), mul(x, y)))), { engine: "wasm" });
    expect(f(constant([1, 2, 3])).item()).toBeCloseTo(1, 6);
    expect(f.explain({ rewrites: true })).toMatchInlineSnapshot(`
      "1 × common subexpressions: what is computed twice is computed once
      1 × softmax in pieces: its exponentials run in the loops of the ops around it"
    `);
    const lines = f.profile(constant([1, 2, 3])).split("\n");
    expect(lines[0]).toMatch(/^[\d.]+ ms in \d+ parts, [\d.]+ KiB of memory$/);
    expect(lines.slice(1).some((line) => / ms [\d.]+ % .*exp/.test(line))).toBe(true);
  });

  it.each(["wasm", "reference"] as const)(
    "writes when its parts ran as a file for Chrome and Perfetto (%s)",
    (engine) => {
      const x = w(1, 2);
      const step = compile(
        (y: Variable) => {
          noGrad(() => x.assign(add(x, 1)));
          return sum(mul(tanh(x), y));
        },
        { engine },
      );
      const file = JSON.parse(step.trace(constant([3, 4])));
      const [run, ...parts] = file.traceEvents as readonly {
        readonly name: string;
        readonly ph: string;
        readonly ts: number;
        readonly dur: number;
        readonly args: { readonly shape: string; readonly work: number };
      }[];
      expect([file.displayTimeUnit, run.name, run.ts, run.args]).toEqual([
        "ms",
        "program",
        0,
        { engine, bytes: engine === "wasm" ? expect.any(Number) : 0 },
      ]);
      expect(parts.map(({ name }) => name).join(" ")).toBe("add tanh mul sum");
      expect(parts.map(({ args }) => args.shape).at(-1)).toBe("[]");
      if (engine === "wasm") expect(parts[0].args.work).toBeGreaterThan(0);
      // Parts run one after the other, within the run.
      let end = 0;
      for (const { ph, ts, dur } of [...parts, { ph: "X", ts: run.dur, dur: 0 }]) {
        expect(ph).toBe("X");
        expect(dur).toBeGreaterThanOrEqual(0);
        expect(ts).toBeGreaterThanOrEqual(end - 1e-6);
        end = ts + dur;
      }
      expect(parts.reduce((sum, { dur }) => sum + dur, 0)).toBeLessThanOrEqual(run.dur + 1e-6);
      // It ran like the function, and runs without a clock afterwards.
      expect(x.toArray()).toEqual([2, 3]);
      step(constant([3, 4]));
      expect([x.toArray(), JSON.parse(step.trace(constant([3, 4]))).traceEvents.length]).toEqual([
        [3, 4],
        parts.length + 1,
      ]);
    },
  );

  it("warns once when it is compiled again and again", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const f = compile((x: Variable, rate: number) => mul(x, rate));
    for (let i = 0; i < 40; i++) f(constant(1), i);
    expect(warn.mock.calls.length).toBe(1);
    expect(String(warn.mock.calls[0])).toContain("Pass numbers that change as Variables");
    warn.mockRestore();
  });
});

describe("a program", () => {
  it("is a graph that is written, read and replayed", () => {
    const x = w(1, 2);
    const program = trace((y: Variable) => sum(mul(x, tanh(y))), constant([0.5, 0.25], { name: "y" }));
    const graph = graphFromJSON(JSON.stringify(program.graph.toJSON({ values: "leaves" })));
    const y = tensor([0.5, 0.25]);
    expect(graph.run({ y, w: [1, 2] }).outputs[0].item()).toBe(sum(mul(x, tanh(constant(y)))).item());
    expect(program.inputs.map((id) => graph.nodes[id].name)).toEqual(["y"]);
    expect(program.states).toMatchInlineSnapshot(`
      [
        {
          "kind": "value",
          "name": "w",
          "next": null,
          "node": 1,
        },
      ]
    `);
  });

  it("changes nothing while it is traced", () => {
    const x = w(1, 2);
    const generator = rng(1);
    const before = [x.value, x.grad, generator.state];
    trace(() => {
      sum(mul(x, randomUniform(generator, [2]))).backward();
      x.assign([5, 5]);
    });
    expect([x.value, x.grad, generator.state]).toEqual(before);
    expect(x.value).toBe(before[0]);
  });

  it("shares its name with the sum of a diagonal, and its options", () => {
    const x = constant([
      [1, 2],
      [3, 4],
    ]);
    expect(trace(x).item()).toBe(5);
    expect(trace(x, { offset: 1 }).item()).toBe(2);
    expect(trace(x, { offset: -1, axes: [1, 0] }).item()).toBe(2);
    expect(() => trace(x, { offset: 0.5 })).toThrow("offset is 0.5");
  });
});

describe("compile refuses", () => {
  const refused = (fn: () => unknown): string => {
    try {
      fn();
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      return String(error);
    }
    throw new Error("nothing was refused");
  };

  it("values that are read while a function is traced", () => {
    const x = w(1, 2);
    const read = compile((y: Variable) => scope("head", () => (x.value.data[0] > 0 ? y : mul(y, 2))));
    expect(refused(() => read(constant(1)))).toMatchInlineSnapshot(
      `"GraphError: compile: the value of "w" of shape [2] is read while the function is traced, when only shapes are known. In layer "head". Compute with ops alone (where instead of if, checkValue for checks), and return what you want to read."`,
    );
    expect(refused(() => compile((y: Variable) => mul(y, y.item()))(constant(1)))).toMatchInlineSnapshot(
      `"GraphError: compile: the value of "input 0" of shape [] is read while the function is traced, when only shapes are known. Compute with ops alone (where instead of if, checkValue for checks), and return what you want to read."`,
    );
    expect(refused(() => compile((y: Variable) => mul(y, 2).toArray())(constant(1)))).toContain("is read while");
    expect(refused(() => compile(() => sum(x).backward() ?? x.grad?.item())())).toContain("is read while");
    expect(refused(() => compile(() => x.assign([3, 4]).toArray())())).toContain("is read while");
    expect(x.toArray()).toEqual([1, 2]);
    expect(x.grad).toBeNull();
  });

  it("random numbers that no op draws", () => {
    const generator = rng(3);
    expect(refused(() => compile(() => constant(generator.uniform([2])))())).toMatchInlineSnapshot(
      `"GraphError: compile: a generator draws numbers while the function is traced, so every call would use the same ones. Draw with randomUniform(rng, shape), randomNormal or randomBernoulli, or outside of the function."`,
    );
    expect(generator.state.counter).toBe(0);
  });

  it("states of generators that are read or set inside, but those that it makes itself", () => {
    const generator = rng(3);
    for (const fn of [
      () => randomUniform(rng(generator.state.counter), [2]),
      () => randomUniform(rng(generator.key), [2]),
      () => {
        generator.state = { key: 1, counter: 5 };
        return randomUniform(generator, [2]);
      },
    ]) {
      expect(refused(() => compile(fn)())).toContain("the state of a generator is read or set");
      expect(generator.state).toEqual({ key: rng(3).key, counter: 0 });
    }
    const own = compile(() => {
      const made = rng(1);
      made.state = { ...made.state, counter: made.key + 4 };
      return randomUniform(made, [2]);
    });
    const [first, again] = [own().toArray(), own().toArray()];
    expect(again).toEqual(first);
  });

  it("what was computed outside and requires a gradient", () => {
    const y = mul(w(1, 2), 2);
    expect(refused(() => compile(() => sum(y))())).toMatchInlineSnapshot(
      `"GraphError: compile: the Variable of shape [2] was computed outside of the function by "mul", and gradients would flow on from there. Compute it inside the function, or pass it as an argument, or cut it off with detach()."`,
    );
    expect(compile(() => sum(constant(y)))().item()).toBe(6);
  });

  it("arguments computed from what the function uses, whose gradients would come too late, and goes on", () => {
    const weights = w(1, 2);
    const f = compile((x: Variable) => {
      sum(mul(x, weights)).backward();
      weights.assign(sub(weights, weights.grad as Variable));
    });
    f(constant([3, 4]));
    const x = mul(weights, 2).retainGrad();
    expect(refused(() => f(x))).toMatchInlineSnapshot(
      `"GraphError: compile: argument 0 was computed from "w", which the function uses as well; expected a Variable that follows from none that the function uses. Compute it inside the function, or cut it off with detach()."`,
    );
    expect([weights.toArray(), weights.grad?.toArray(), x.grad]).toEqual([[-2, -2], [3, 4], null]);
    // Where the source is another argument, and where it was overwritten.
    const both = compile((x: Variable, y: Variable) => {
      sum(mul(mul(x, x), y)).backward();
      y.assign(sub(y, y.grad as Variable));
    });
    expect(() => both(add(weights, 1), weights)).toThrow("argument 0 was computed from");
    const squared = square(weights);
    weights.assign([5, 6]);
    const other = w(1, 1);
    const g = compile((x: Variable) => sum(mul(x, other)).backward());
    expect(() => g(squared)).toThrow("was changed by assign");
    expect([weights.toArray(), other.grad]).toEqual([[5, 6], null]);
    weights.assign([-2, -2]);
    f(x.detach());
    expect(weights.grad?.toArray()).toEqual([-1, 0]);
  });

  it("gradients that would flow out of a compiled function", () => {
    const x = w(3);
    const f = compile((y: Variable) => sum(mul(x, y)));
    expect(refused(() => grad(f)(w(1)))).toMatchInlineSnapshot(
      `"GraphError: backward: it reaches the result of a compiled function, which has no graph. Compile the derivative, compile(grad(f)), or call backward inside of the compiled function."`,
    );
    expect(refused(() => f(constant([1])).backward())).toContain("compile(grad(f))");
    expect(x.grad).toBeNull();
    expect(compile(grad((y: Variable) => sum(mul(x, y))))(w(1)).toArray()).toEqual([3]);
    expect(noGrad(() => f(w(1))).requiresGrad).toBe(false);
  });

  it("arguments and results that are no Variables", () => {
    expect(refused(() => compile((_: unknown) => constant(1))(new Map()))).toMatchInlineSnapshot(
      `"GraphError: compile: argument 0 is a Map; expected Variables, in records and lists if there are several. Pass only what differs between calls; the function reads the rest from outside."`,
    );
    expect(refused(() => compile(() => ({ deep: [new Set()] }))())).toMatchInlineSnapshot(
      `"GraphError: compile: the result.deep[0] is a Set; expected Variables, in records and lists if there are several. Return Variables, and read their values outside of the function."`,
    );
    expect(refused(() => compile(async () => constant(1)))).toContain("async function");
    expect(refused(() => compile(() => Promise.resolve(1))())).toContain("Promise");
    expect(refused(() => compile(3 as never))).toContain("compile");
    expect(refused(() => compile(() => 1, { engine: "referense" as never }))).toMatchInlineSnapshot(
      `"SpecError: compile: engine is "referense"; expected "auto", "reference", "wasm" or "onnxruntime". Did you mean "reference"?"`,
    );
    const x = w(1);
    expect(refused(() => compile((y: Variable) => add(x, y))(x))).toMatchInlineSnapshot(
      `"GraphError: compile: "w" is an argument, and the function uses it from outside as well; expected a Variable that the function does not use besides. Pass it or let the function read it, one of them."`,
    );
  });

  it("programs that no memory holds, and goes on", () => {
    const f = compile((x: Variable) => sum(mul(x, x)), { engine: "wasm" });
    const huge = new Tensor(Float32Array.of(1), [2 ** 15, 2 ** 15], [0, 0]);
    expect(refused(() => f(constant(huge)))).toMatchInlineSnapshot(
      `"GraphError: compile: the program needs 8193 MiB of memory, which this machine does not give. Use smaller batches, or { engine: "reference" }."`,
    );
    expect(f(constant([3, 4])).item()).toBe(25);
  });

  it("indices out of range, by the op's own words, and goes on", () => {
    const x = w(5, 6, 7);
    const f = compile((i: Variable) => {
      const y = gather(x, i);
      sum(y).backward();
      x.assign(add(x, 1));
      return y;
    });
    const at = (...places: number[]) => constant(tensor(places, { dtype: "int32" }));
    expect(f(at(0, 2)).toArray()).toEqual([5, 7]);
    expect(refused(() => f(at(0, 3)))).toContain("gather");
    expect([x.toArray(), x.grad?.toArray()]).toEqual([
      [6, 7, 8],
      [1, 0, 1],
    ]);
    expect(f(at(1, 1)).toArray()).toEqual([7, 7]);
  });

  it.each(["reference", "wasm"] as const)("by a check what an op after it would refuse (%s)", (engine) => {
    const labels = (i: Variable): Variable => {
      checkValue(i, (value) => {
        if (kernels.copy(value).data.some((label) => Number(label) > 2))
          throw new GraphError({ op: "labels", problem: "3" });
      });
      return i;
    };
    const at = (...places: number[]) => constant(tensor(places, { dtype: "int32" }));
    // What is checked is given, or computed; the check after the op is of what the op gives.
    for (const checked of [(i: Variable) => labels(i), (i: Variable) => labels(neg(i))]) {
      const f = compile(
        (i: Variable) => {
          const y = gather(w(5, 6, 7), checked(i));
          checkValue(y, (value) => {
            if (Number(value.at(0)) === 7) throw new GraphError({ op: "result", problem: "7" });
          });
          return y;
        },
        { engine },
      );
      const sign = checked(at(1)).value.at(0);
      const say = (place: number) => refused(() => f(at(place === 0 ? 0 : place * Number(sign))));
      expect([3, 2, -1].map(say)).toEqual([
        expect.stringContaining("labels: 3"),
        expect.stringContaining("result: 7"),
        expect.stringContaining("gather: index -1"),
      ]);
    }
  });

  it("numbers that a check refuses, before anything has changed", () => {
    const x = w(1);
    const f = compile((y: Variable) => {
      checkValue(y, (value: Tensor) => {
        if (Number(value.item()) < 0) throw GraphError.of("test", "y", value.item(), "a number ≥ 0");
      });
      sum(mul(x, y)).backward();
      x.assign(add(x, 1));
    });
    f(constant([1]));
    expect(() => f(constant([-1]))).toThrow("test: y is -1");
    expect([x.toArray(), x.grad?.toArray()]).toEqual([[2], [1]]);
    f(constant([4]));
    expect([x.toArray(), x.grad?.toArray()]).toEqual([[3], [5]]);
  });

  it.each(["reference", "wasm"] as const)(
    "arguments, in the words of a check where an op refuses them, too (%s)",
    (engine) => {
      const f = compile(
        (x: Variable, labels: Variable) => {
          checkValue(labels, (value: Tensor) => {
            if (kernels.copy(value).data.some((label) => label < 0)) {
              throw GraphError.of("test", "labels", "a label below 0", "labels from 0");
            }
          });
          return gather(x, labels);
        },
        { engine },
      );
      const at = (...labels: number[]) => constant(tensor(labels, { dtype: "int32" }));
      expect(f(constant([5, 6]), at(1)).toArray()).toEqual([6]);
      expect(() => f(constant([5, 6]), at(-1))).toThrow(/^test: labels/);
      expect(() => f(constant([5, 6]), at(2))).toThrow(/^gather: index 2/);
    },
  );
});
