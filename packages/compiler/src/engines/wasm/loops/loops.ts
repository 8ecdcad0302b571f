/**
 * Generated loops: a group of elementwise ops over one shape as one function, which reads each operand and writes each
 * result once.
 */
import type { Shape } from "@adjoint/tensor";
import { addressOf, bytesOf, type Value } from "../layout/values.ts";
import { Func, type Local } from "./assembler.ts";
import type { Vectorized, Width } from "./lanes.ts";

/** One op of a group. Operands are values from memory, or results of ops before it, by their numbers. */
export interface Member extends Pick<Vectorized, "compute"> {
  readonly op: string;
  readonly attributes: object;
  readonly operands: readonly (Value | number)[];
  /** Where the result goes; null when only the group reads it. */
  readonly result: Value | null;
}

/** Axes, in that order, that all operands walk through evenly are one: lengths, and for each operand its strides. */
export function collapsed(
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

function load(f: Func, { value, steps, pointer }: Stream, isDouble: boolean): Local {
  const step = steps[steps.length - 1];
  if (value.dtype === "bool") {
    if (step === 0) return f.op("i32x4.neg", f.loadByte(pointer));
    const whole = isDouble
      ? () => f.loadLanes("v128.load16_lane", pointer, 0, 1)
      : () => f.load("v128.load32_zero", pointer);
    const bytes = step === 1 ? whole() : f.loadLanes("v128.load8_lane", pointer, step, isDouble ? 2 : 4);
    const wide = f.op("i32x4.extend_low_i16x8_s", f.op("i16x8.extend_low_i8x16_s", bytes));
    return isDouble ? f.op("i64x2.neg", f.op("i64x2.extend_low_i32x4_s", wide)) : f.op("i32x4.neg", wide);
  }
  if (step === 0) return f.load(isDouble ? "v128.load64_splat" : "v128.load32_splat", pointer);
  if (step === (isDouble ? 8 : 4)) return f.load("v128.load", pointer);
  return isDouble
    ? f.loadLanes("v128.load64_lane", pointer, step, 2)
    : f.loadLanes("v128.load32_lane", pointer, step, 4);
}

/** Stores the first `count` lanes. */
function store(f: Func, { value, pointer }: Stream, x: Local, count: number, isDouble: boolean): void {
  if (value.dtype !== "bool") {
    if (count === (isDouble ? 2 : 4)) f.store(pointer, x);
    else {
      if (isDouble || count & 2) f.storeLane("v128.store64_lane", pointer, 0, x, 0);
      if (!isDouble && count & 1) f.storeLane("v128.store32_lane", pointer, 4 * (count - 1), x, count - 1);
    }
    return;
  }
  const narrow = f.op("i16x8.narrow_i32x4_s", x, x);
  const bytes = f.op("v128.and", f.op("i8x16.narrow_i16x8_s", narrow, narrow), f.constant(0x01010101, "i32x4"));
  if (isDouble) {
    // A mask of 64 bits is two of 32.
    for (let i = 0; i < count; i++) f.storeLane("v128.store8_lane", pointer, i, bytes, 2 * i);
    return;
  }
  if (count === 4) f.storeLane("v128.store32_lane", pointer, 0, bytes, 0);
  if (count & 2 && count < 4) f.storeLane("v128.store16_lane", pointer, 0, bytes, 0);
  if (count & 1) f.storeLane("v128.store8_lane", pointer, count - 1, bytes, count - 1);
}

/** The values that a group reads from memory, each once, and those that it writes there. */
function streamed(members: readonly Member[]): readonly [read: Value[], written: Value[]] {
  const operands = members.flatMap((member) => member.operands.filter((one) => typeof one !== "number"));
  return [[...new Set(operands)], members.flatMap(({ result }) => result ?? [])];
}

/** A loop as a function, and how many steps of it threads can take each. */
export interface Loop {
  readonly func: Func;
  readonly count: number;
}

/** The loop of a group over `shape`, which has at least one element. Vectors are read beyond both ends, never written there. */
export function loopOf(shape: Shape, order: readonly number[], members: readonly Member[], width: Width): Loop {
  const f = new Func();
  const isDouble = width === 2;
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
    streams
      .slice(0, read.length)
      .flatMap((stream) => (isFixed(stream) ? [[stream.value, load(f, stream, isDouble)]] : [])),
  );
  // What a result is written over is read before, whichever member reads it.
  const places = new Set(written.map(addressOf));
  const replaced = streams.slice(0, read.length).filter(({ value }) => places.has(addressOf(value)));
  const inner = lengths.length - 1;
  const vectors = Math.floor(lengths[inner] / width);
  const rest = lengths[inner] % width;

  const body = (lanesStored: number): void => {
    const loaded = new Map<Value, Local>(fixed);
    for (const stream of replaced) if (!loaded.has(stream.value)) loaded.set(stream.value, load(f, stream, isDouble));
    const results: Local[] = [];
    for (const { compute, attributes, operands, result } of members) {
      const inputs = operands.map((operand) => {
        if (typeof operand === "number") return results[operand];
        let local = loaded.get(operand);
        if (local === undefined) loaded.set(operand, (local = load(f, streamOf.get(operand) as Stream, isDouble)));
        return local;
      });
      const y = compute(f, inputs, attributes as Readonly<Record<string, unknown>>);
      results.push(y);
      if (result !== null) store(f, streamOf.get(result) as Stream, y, lanesStored, isDouble);
    }
  };
  const vector = (): void => {
    body(width);
    for (const { pointer, steps: own } of streams) f.advance(pointer, width * own[inner]);
  };
  const along = (axis: number): void => {
    if (axis < inner) f.loop(lengths[axis], () => step(axis));
    else {
      if (vectors > 0) f.loop(vectors, vector);
      if (rest > 0) body(rest);
    }
  };
  const step = (axis: number): void => {
    along(axis + 1);
    // Back to where the axis inside began, and on by one along this one.
    const walked = axis + 1 === inner ? width * vectors : lengths[axis + 1];
    for (const { pointer, steps: own } of streams) f.advance(pointer, own[axis] - walked * own[axis + 1]);
  };
  if (inner > 0) {
    for (const { pointer, steps: own } of streams) f.advanceToBegin(pointer, own[0]);
    f.loopOfPart(() => step(0));
    return { func: f, count: lengths[0] };
  }
  if (vectors === 0) body(rest);
  else {
    for (const { pointer, steps: own } of streams) f.advanceToBegin(pointer, width * own[0]);
    f.loopOfPart(vector);
    if (rest > 0) f.whenLast(vectors, () => body(rest));
  }
  return { func: f, count: Math.max(1, vectors) };
}
