/**
 * Generated loops: a group of elementwise ops over one shape as one function, which reads each operand and writes each
 * result once.
 */
import type { Shape } from "@adjoint/tensor";
import { Func, type Local } from "./assembler.ts";
import { type Lanes, lanes } from "./lanes.ts";
import { addressOf, bytesOf, type Value } from "./values.ts";

/** One op of a group. Operands are values from memory, or results of ops before it, by their numbers. */
export interface Member {
  readonly op: string;
  readonly attributes: object;
  readonly operands: readonly (Value | number)[];
  /** Where the result goes; null when only the group reads it. */
  readonly result: Value | null;
}

/** Whether a loop can be generated for an op of such operands. */
export function hasLoop(op: string, dtypes: readonly string[], result: string): boolean {
  return (
    Object.hasOwn(lanes, op) &&
    dtypes.every((dtype, i) => dtype === (op === "where" && i === 0 ? "bool" : "float32")) &&
    (result === "float32" || (result === "bool" && ["eq", "ne", "lt", "le", "gt", "ge"].includes(op)))
  );
}

/** Axes, in that order, that all operands walk through evenly are one: lengths, and for each operand its strides. */
function collapsed(
  shape: Shape,
  order: readonly number[],
  strides: readonly (readonly number[])[],
): [number[], number[][]] {
  const lengths: number[] = [];
  const steps: number[][] = strides.map(() => []);
  for (const axis of order) {
    if (shape[axis] === 1) continue;
    const last = lengths.length - 1;
    const joins = last >= 0 && strides.every((own, i) => steps[i][last] === own[axis] * shape[axis]);
    if (joins) lengths[last] *= shape[axis];
    else lengths.push(shape[axis]);
    strides.forEach((own, i) => {
      if (joins) steps[i][last] = own[axis];
      else steps[i].push(own[axis]);
    });
  }
  if (lengths.length === 0) {
    lengths.push(1);
    for (const own of steps) own.push(0);
  }
  return [lengths, steps];
}

/** A value that is read or written in the loop. */
interface Stream {
  readonly value: Value;
  /** Bytes from one element to the next, by axis. */
  readonly steps: readonly number[];
  readonly pointer: Local;
}

function load(f: Func, { value, steps, pointer }: Stream): Local {
  const step = steps[steps.length - 1];
  if (value.dtype === "bool") {
    if (step === 0) return f.op("i32x4.neg", f.loadByte(pointer));
    const bytes = step === 1 ? f.load("v128.load32_zero", pointer) : f.loadLanes("v128.load8_lane", pointer, step);
    const wide = f.op("i32x4.extend_low_i16x8_s", f.op("i16x8.extend_low_i8x16_s", bytes));
    return f.op("i32x4.neg", wide);
  }
  if (step === 0) return f.load("v128.load32_splat", pointer);
  return step === 4 ? f.load("v128.load", pointer) : f.loadLanes("v128.load32_lane", pointer, step);
}

function store(f: Func, { value, pointer }: Stream, x: Local): void {
  if (value.dtype !== "bool") {
    f.store("v128.store", pointer, x);
    return;
  }
  const narrow = f.op("i16x8.narrow_i32x4_s", x, x);
  const ones = f.constant(0x01010101, true);
  f.store("v128.store32_lane", pointer, f.op("v128.and", f.op("i8x16.narrow_i16x8_s", narrow, narrow), ones));
}

/** The values that a group reads from memory, each once, and those that it writes there. */
function streamed(members: readonly Member[]): readonly [read: Value[], written: Value[]] {
  const operands = members.flatMap((member) => member.operands.filter((one) => typeof one !== "number"));
  return [[...new Set(operands)], members.flatMap(({ result }) => result ?? [])];
}

/** The function of a group over `shape`, which has at least one element. Rows may be overrun by up to three elements. */
export function loopOf(shape: Shape, order: readonly number[], members: readonly Member[]): Func {
  const f = new Func();
  const [read, written] = streamed(members);
  const values = [...read, ...written];
  const [lengths, steps] = collapsed(
    shape,
    order,
    values.map(({ strides }) => strides),
  );
  const streams = values.map((value, i): Stream => {
    const pointer = f.integer();
    f.setInteger(pointer, addressOf(value));
    return { value, pointer, steps: steps[i].map((step) => step * bytesOf(value.dtype)) };
  });
  const streamOf = new Map(streams.map((stream) => [stream.value, stream]));
  // What does not move is loaded once.
  const isFixed = ({ steps: own }: Stream): boolean => own.every((step) => step === 0);
  const fixed = new Map(
    streams.slice(0, read.length).flatMap((stream) => (isFixed(stream) ? [[stream.value, load(f, stream)]] : [])),
  );
  const inner = lengths.length - 1;
  const vectors = Math.ceil(lengths[inner] / 4);

  const body = (): void => {
    const loaded = new Map<Value, Local>(fixed);
    const results: Local[] = [];
    for (const { op, attributes, operands, result } of members) {
      const inputs = operands.map((operand) => {
        if (typeof operand === "number") return results[operand];
        let local = loaded.get(operand);
        if (local === undefined) loaded.set(operand, (local = load(f, streamOf.get(operand) as Stream)));
        return local;
      });
      const y = (lanes[op] as Lanes)(f, inputs, attributes as Readonly<Record<string, unknown>>);
      results.push(y);
      if (result !== null) store(f, streamOf.get(result) as Stream, y);
    }
    for (const { pointer, steps: own } of streams) f.advance(pointer, 4 * own[inner]);
  };
  const level = (axis: number): void => {
    if (axis === inner) f.loop(vectors, body);
    else {
      f.loop(lengths[axis], () => {
        level(axis + 1);
        // Back to where the inner axis began, and on by one along this one.
        const walked = axis + 1 === inner ? 4 * vectors : lengths[axis + 1];
        for (const { pointer, steps: own } of streams) f.advance(pointer, own[axis] - walked * own[axis + 1]);
      });
    }
  };
  level(0);
  return f;
}

/** Whether the loop of a group never writes beyond a row: then it may write where it reads. */
export function isFlat(shape: Shape, order: readonly number[], members: readonly Member[]): boolean {
  const strides = streamed(members).flatMap((values) => values.map((value) => value.strides));
  const [lengths] = collapsed(shape, order, strides);
  return lengths.length === 1 || lengths[lengths.length - 1] % 4 === 0;
}
