/**
 * An assembler for what the engine generates: modules of functions over one imported memory, with vectors of four float32
 * or two float64 numbers. Source of the numbers: WebAssembly specification, binary format, and its vector instructions.
 */

/** Instructions of a type with numbers one after the other, from the first on; names left out are those that nobody uses. */
const row = <Type extends string, Name extends string>(type: Type, first: number, names: readonly (Name | null)[]) =>
  Object.fromEntries(names.flatMap((name, i) => (name === null ? [] : [[`${type}.${name}`, first + i]]))) as Record<
    `${Type}.${Name}`,
    number
  >;

const comparisons = ["eq", "ne", "lt", "gt", "le", "ge"] as const;
const arithmetic = ["abs", "neg", null, "sqrt", "add", "sub", "mul", "div", "min", "max"] as const;

/** The vector instructions that are used, by name. */
const vector = {
  "v128.load": 0x00,
  ...row("v128", 0x09, ["load32_splat", "load64_splat", "store", "const"]),
  "i32x4.splat": 0x11,
  ...row("i32x4", 0x37, ["eq", "ne", "lt_s", null, "gt_s", null, "le_s", null, "ge_s"]),
  ...row("f32x4", 0x41, comparisons),
  ...row("f64x2", 0x47, comparisons),
  ...row("v128", 0x4e, ["and", null, "or", "xor", "bitselect"]),
  ...row("v128", 0x54, ["load8_lane", "load16_lane", "load32_lane", "load64_lane"]),
  ...row("v128", 0x58, ["store8_lane", "store16_lane", "store32_lane", "store64_lane", "load32_zero"]),
  "i8x16.narrow_i16x8_s": 0x65,
  ...row("f32x4", 0x67, ["ceil", "floor", null, "nearest"]),
  ...row("f64x2", 0x74, ["ceil", "floor"]),
  ...row("i16x8", 0x85, ["narrow_i32x4_s", null, "extend_low_i8x16_s"]),
  "f64x2.nearest": 0x94,
  ...row("i32x4", 0xa0, ["abs", "neg"]),
  "i32x4.extend_low_i16x8_s": 0xa7,
  ...row("i32x4", 0xab, ["shl", "shr_s", "shr_u", "add"]),
  ...row("i32x4", 0xb1, ["sub", null, null, null, "mul", "min_s", null, "max_s"]),
  "i64x2.neg": 0xc1,
  "i64x2.extend_low_i32x4_s": 0xc7,
  ...row("f32x4", 0xe0, arithmetic),
  ...row("f64x2", 0xec, arithmetic),
  "i32x4.trunc_sat_f32x4_s": 0xf8,
  "f32x4.convert_i32x4_s": 0xfa,
};

/** The name of a vector instruction. */
export type VectorInstruction = keyof typeof vector;

/** The numbers of the types of lanes. */
const arrays = { f32x4: Float32Array, f64x2: Float64Array, i32x4: Int32Array };

const I32 = 0x7f;
const V128 = 0x7b;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? byte + 128 : byte);
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

/** A local variable of a function. */
export interface Local {
  readonly index: number;
}

/** How many parameters every function has: scratch memory, begin and end, as the kernels of the library. */
const PARAMETERS = 3;

/** A function without results, as it is written. */
export class Func {
  /** Where its part of the work begins. */
  readonly begin: Local = { index: 1 };
  /** Where its part of the work ends. */
  readonly end: Local = { index: 2 };
  private readonly types: number[] = [];
  private readonly bytes: number[] = [];

  /** A new local for an address or a count. */
  integer(): Local {
    return { index: PARAMETERS + this.types.push(I32) - 1 };
  }

  /** A new local for a vector. */
  vector(): Local {
    return { index: PARAMETERS + this.types.push(V128) - 1 };
  }

  get(local: Local): void {
    this.bytes.push(0x20, ...unsigned(local.index));
  }

  set(local: Local): void {
    this.bytes.push(0x21, ...unsigned(local.index));
  }

  /** local = value. */
  setInteger(local: Local, value: number): void {
    this.bytes.push(0x41, ...signed(value));
    this.set(local);
  }

  /** local = local + step. */
  advance(local: Local, step: number): void {
    if (step === 0) return;
    this.get(local);
    this.bytes.push(0x41, ...signed(step), 0x6a);
    this.set(local);
  }

  /** local = local + begin · step. */
  advanceToBegin(local: Local, step: number): void {
    if (step === 0) return;
    this.get(local);
    this.get(this.begin);
    this.bytes.push(0x41, ...signed(step), 0x6c, 0x6a);
    this.set(local);
  }

  /** Runs `body` once where end = value. */
  whenLast(value: number, body: () => void): void {
    this.get(this.end);
    this.bytes.push(0x41, ...signed(value), 0x46, 0x04, 0x40);
    body();
    this.bytes.push(0x0b);
  }

  /** Runs `body` for each step of its part of the work. */
  loopOfPart(body: () => void): void {
    const counter = this.integer();
    this.get(this.end);
    this.get(this.begin);
    this.bytes.push(0x6b);
    this.set(counter);
    this.repeat(counter, body);
  }

  /** Runs `body` `count` times, at least once. */
  loop(count: number, body: () => void): void {
    if (count === 1) {
      body();
      return;
    }
    const counter = this.integer();
    this.setInteger(counter, count);
    this.repeat(counter, body);
  }

  private repeat(counter: Local, body: () => void): void {
    this.bytes.push(0x03, 0x40);
    body();
    this.get(counter);
    this.bytes.push(0x41, 0x01, 0x6b, 0x22, ...unsigned(counter.index), 0x0d, 0x00, 0x0b);
  }

  /** A vector instruction on locals; its result is a new one. */
  op(name: VectorInstruction, ...operands: readonly Local[]): Local {
    for (const operand of operands) this.get(operand);
    this.instruction(name);
    return this.result();
  }

  /** Every lane shifted by that many bits. */
  shift(name: "i32x4.shl" | "i32x4.shr_s" | "i32x4.shr_u", x: Local, bits: number): Local {
    this.get(x);
    this.bytes.push(0x41, ...signed(bits));
    this.instruction(name);
    return this.result();
  }

  /** A number in all lanes of a type. */
  constant(value: number, type: keyof typeof arrays = "f32x4"): Local {
    const array = new arrays[type](1).fill(value);
    this.instruction("v128.const");
    for (let i = 0; i < 16; i += array.byteLength) this.bytes.push(...new Uint8Array(array.buffer));
    return this.result();
  }

  /** A vector from memory. */
  load(name: "v128.load" | "v128.load32_splat" | "v128.load64_splat" | "v128.load32_zero", address: Local): Local {
    this.get(address);
    this.instruction(name);
    this.bytes.push(0, 0);
    return this.result();
  }

  /** The first `count` lanes, one after the other, from addresses that are `step` apart. */
  loadLanes(name: VectorInstruction & `v128.load${string}_lane`, address: Local, step: number, count: number): Local {
    const lanes = this.constant(0);
    for (let lane = 0; lane < count; lane++) {
      this.get(address);
      if (lane > 0) this.bytes.push(0x41, ...signed(lane * step), 0x6a);
      this.get(lanes);
      this.instruction(name);
      this.bytes.push(0, 0, lane);
      this.set(lanes);
    }
    return lanes;
  }

  /** One byte of memory in every lane of 32 bits. */
  loadByte(address: Local): Local {
    this.get(address);
    this.bytes.push(0x2d, 0, 0);
    this.instruction("i32x4.splat");
    return this.result();
  }

  /** A vector to memory. */
  store(address: Local, x: Local): void {
    this.get(address);
    this.get(x);
    this.instruction("v128.store");
    this.bytes.push(0, 0);
  }

  /** The lane of a vector of that number, of as many bits as the name says, to memory at address + offset. */
  storeLane(
    name: VectorInstruction & `v128.store${string}_lane`,
    address: Local,
    offset: number,
    x: Local,
    lane: number,
  ): void {
    this.get(address);
    this.get(x);
    this.instruction(name);
    this.bytes.push(0, ...unsigned(offset), lane);
  }

  /** The function as the code section holds it. */
  encoded(): number[] {
    const locals = this.types.flatMap((type) => [1, type]);
    const body = [...unsigned(this.types.length), ...locals, ...this.bytes, 0x0b];
    return [...unsigned(body.length), ...body];
  }

  private instruction(name: VectorInstruction): void {
    this.bytes.push(0xfd, ...unsigned(vector[name]));
  }

  private result(): Local {
    const local = this.vector();
    this.set(local);
    return local;
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...unsigned(bytes.length), ...bytes];
}

/** A module with these functions, exported by their numbers, over the memory `env.memory`, which may be shared. */
export function moduleOf(functions: readonly Func[], isShared: boolean): Uint8Array {
  const count = unsigned(functions.length);
  const code: number[] = [...count];
  for (const one of functions) for (const byte of one.encoded()) code.push(byte);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, PARAMETERS, I32, I32, I32, 0]),
    ...section(2, [1, ...text("env"), ...text("memory"), 0x02, isShared ? 3 : 1, 0x01, ...unsigned(65536)]),
    ...section(3, [...count, ...functions.map(() => 0)]),
    ...section(7, [...count, ...functions.flatMap((_, i) => [...text(String(i)), 0x00, ...unsigned(i)])]),
    ...section(10, code),
  ]);
}
