/** Recurrent layers over sequences are their cells, one step after the other. */
import { index, sum, topologicalOrder, type Variable, variable } from "@adjoint/autograd";
import { rng, sizeOf, zeros } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { Gru, GruCell } from "./gru.ts";
import { Lstm, LstmCell } from "./lstm.ts";

const f64 = { dtype: "float64" } as const;
const x = rng(1).normal([2, 5, 3], f64);
const start = zeros([2, 4], f64);

describe("over sequences", () => {
  it("an Lstm gives the outputs of its cell", () => {
    const cell = new LstmCell(rng(2).normal([3, 16], f64), rng(3).normal([4, 16], f64), rng(4).normal([16], f64));
    const y = new Lstm(cell).forward(x);
    expect(y.shape).toEqual([2, 5, 4]);
    let state = cell.forward(index(x, [{}, 0]), { h: start, c: start });
    for (let t = 0; t < 5; t++) {
      expect(index(y, [{}, t]).toArray()).toEqual(state.h.toArray());
      if (t < 4) state = cell.forward(index(x, [{}, t + 1]), state);
    }
  });

  it("a Gru gives the outputs of its cell", () => {
    const cell = new GruCell(
      rng(2).normal([3, 12], f64),
      rng(3).normal([4, 12], f64),
      rng(4).normal([12], f64),
      rng(5).normal([12], f64),
    );
    const gru = new Gru(cell);
    const y = gru.forward(x);
    expect(Object.keys(gru.parameters)).toEqual(["Wx", "Wh", "bx", "bh"]);
    let h = cell.forward(index(x, [{}, 0]), start);
    for (let t = 0; t < 5; t++) {
      expect(index(y, [{}, t]).toArray()).toEqual(h.toArray());
      if (t < 4) h = cell.forward(index(x, [{}, t + 1]), h);
    }
    expect(messageOf(() => gru.forward(zeros([2, 3])))).toMatchInlineSnapshot(
      `"Gru: x has shape [2, 3]; expected [batch, time, features] with at least one step."`,
    );
    expect(messageOf(() => gru.forward(zeros([2, 0, 3])))).toMatchInlineSnapshot(
      `"Gru: x has shape [2, 0, 3]; expected [batch, time, features] with at least one step."`,
    );
  });

  it("writes the gradients of T inputs into no more than 2 log T times as many zeros", () => {
    const cell = new LstmCell(rng(2).normal([3, 16], f64), rng(3).normal([4, 16], f64), rng(4).normal([16], f64));
    const inputs = variable(rng(1).normal([2, 64, 3], f64));
    sum(new Lstm(cell).forward(inputs)).backward({ createGraph: true });
    const gradient = inputs.grad as Variable;
    const written = topologicalOrder([gradient.node])
      .filter(({ op, shape }) => op?.name === "padSlice" && shape.length === 3)
      .reduce((numbers, { shape }) => numbers + sizeOf(shape), 0);
    expect(written).toBe(2 * Math.log2(64) * inputs.size);
  });
});
