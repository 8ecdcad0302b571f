/**
 * Random valid specs of declarative models, of every built-in kind: what tests of models run on. A spec is grown from a
 * list of choices, and shapes are followed by rules of their own, apart from those of the ops: where the two differ, one
 * is wrong. Shorter lists and smaller choices give smaller specs, so that counterexamples shrink.
 */
import { AdjointError, sizeOf } from "@adjoint/tensor";
import fc from "fast-check";
import { computingKinds } from "../layers/all.js";
import { layers } from "../layers/builders.js";
import { losses } from "../losses/all.js";
import { build } from "../model/build.js";

/** The kinds that have a place of their own below. Others are tried without options, on every shape that they take, and keep it. */
const placed = new Set([
  "convolution",
  "transposedConvolution",
  "pooling",
  "averagePooling",
  "convolution1d",
  "pooling1d",
  "averagePooling1d",
  "globalAveragePooling",
  "adaptiveAveragePooling",
  "upsampling",
  "affine",
  "relu",
  "elu",
  "dropout",
  "batchNormalization",
  "layerNormalization",
  "groupNormalization",
  "embedding",
  "positionEmbedding",
  "positionalEncoding",
  "rnn",
  "lstm",
  "gru",
  "multiHeadAttention",
  "flatten",
  "reshape",
  "transpose",
  "pad",
  "mean",
  "max",
  "add",
  "multiply",
  "concat",
  "op",
]);
const unplaced = computingKinds.map(({ kind }) => kind).filter((kind) => !placed.has(kind));
const fitting = new Map();
/** Whether a layer of a kind without options takes samples of a shape. */
function fits(kind, shape) {
  const key = `${kind} ${shape}`;
  const known = fitting.get(key);
  if (known !== undefined) return known;
  let fit = true;
  try {
    build({ version: 1, input: shape, layers: [{ kind }] });
  } catch (error) {
    if (!(error instanceof AdjointError)) throw error;
    fit = false;
  }
  fitting.set(key, fit);
  return fit;
}
/** Random valid specs with the shapes of their outputs. */
export const grownSpecs = fc
  .array(fc.nat(9999), { minLength: 25, maxLength: 70 })
  .map((choices) => new Grower(choices).model());
/** Random valid specs. */
export const modelSpecs = grownSpecs.map(({ spec }) => spec);
/** Every layer of a spec with its path, those of blocks too. */
export function layersOf(spec) {
  const within = (list, path) =>
    list.flatMap((layer, i) => {
      const at = [...path, i];
      const { layers: inner = [], shortcut = [] } = layer;
      return [{ path: at, layer }, ...within(inner, [...at, "layers"]), ...within(shortcut, [...at, "shortcut"])];
    });
  return within(spec.layers, ["layers"]);
}
/** Grows one spec. Every method takes the next choices; where there are none left, the first possibility is taken. */
class Grower {
  choices;
  taken = 0;
  named = 0;
  constructor(choices) {
    this.choices = choices;
  }
  next(n) {
    return (this.choices[this.taken++] ?? 0) % n;
  }
  of(first, ...others) {
    return [first, ...others][this.next(others.length + 1)];
  }
  between(low, high) {
    return low + this.next(high - low + 1);
  }
  /** Whether no more choices are left than the ending takes. */
  get isSpent() {
    return this.taken >= this.choices.length - 10;
  }
  name() {
    return `n${++this.named}`;
  }
  model() {
    const list = [];
    const inputs = {};
    const isDouble = this.next(4) === 3;
    if (!isDouble) {
      const [input, shape, type] = this.input();
      const body = this.body(list, shape, type, undefined);
      return this.ending({ input }, list, body);
    }
    // Two inputs, each brought to a row; the rows are joined.
    const rows = ["left", "right"].map((name) => {
      const [input, shape, type] = this.input();
      inputs[name] = input;
      this.body(list, shape, type, name);
      const row = this.name();
      list.push(layers.affine({ units: 3, name: row }));
      return row;
    });
    const [joint, shape] = this.join(rows, [[3], [3]]);
    list.push(joint);
    return this.ending({ inputs }, list, this.chain(list, shape, 3));
  }
  input() {
    const length = () => this.between(1, 4);
    switch (this.next(5)) {
      case 0:
      case 4: {
        const shape = [this.between(1, 3), this.between(2, 5), this.between(2, 5)];
        return [this.of(shape, { shape, type: "float" }), shape, "float"];
      }
      case 1: {
        const shape = [this.between(1, 5)];
        return [shape, shape, "float"];
      }
      case 2: {
        const shape = this.of([length()], [length(), 2]);
        return [{ shape, type: "labels" }, shape, "labels"];
      }
      default: {
        const shape = [length(), this.between(1, 4)];
        return [shape, shape, "float"];
      }
    }
  }
  /** What comes behind an input; the first layer takes from it by name where there are several. */
  body(list, input, type, from) {
    let shape = input;
    const start = list.length;
    if (type === "labels") {
      if (this.next(4) === 3) list.push(layers.flatten());
      else if (shape.length === 2 && this.next(3) === 2) list.push(layers.transpose([1, 0]));
      for (const { kind } of list.slice(start)) shape = kind === "flatten" ? [sizeOf(shape)] : [shape[1], shape[0]];
      const units = this.of(2, 4);
      list.push(layers.embedding({ vocabulary: this.between(1, 4), units }));
      shape = [...shape, units];
    } else if (from !== undefined) list.push(layers.dropout(0.25));
    if (from !== undefined) list[start] = { ...list[start], from };
    return this.chain(list, shape, 8);
  }
  /** Some layers one after the other, and things of several layers. */
  chain(list, input, most) {
    let shape = input;
    for (let k = 0; k < most && !this.isSpent; k++) {
      switch (this.next(8)) {
        case 6:
          shape = this.branches(list, shape);
          break;
        case 7:
          shape = this.structure(list, shape);
          break;
        default: {
          const [layer, after] = this.layer(shape);
          list.push(layer);
          shape = after;
        }
      }
    }
    return shape;
  }
  /** Two or three ways from one value, joined again. */
  branches(list, shape) {
    const start = this.name();
    list.push({ ...this.keeping(shape), name: start });
    const ends = [];
    const shapes = [];
    const isConcat = this.next(3) === 2;
    for (let branch = this.between(2, 3); branch > 0; branch--) {
      const name = this.name();
      const [layer, after] = isConcat ? this.widening(shape) : [this.keeping(shape), shape];
      list.push({ ...layer, from: start, name });
      ends.push(name);
      shapes.push(after);
    }
    const [joint, after] = isConcat
      ? this.concat(ends, shapes)
      : [this.of(layers.add(ends), layers.multiply(ends)), shape];
    list.push(joint);
    return after;
  }
  join(from, shapes) {
    return this.of(
      () => [layers.add(from), shapes[0]],
      () => [layers.multiply(from), shapes[0]],
      () => this.concat(from, shapes),
    )();
  }
  /** Side by side along the first axis, in which they may differ. */
  concat(from, shapes) {
    const along = shapes.reduce((sum, [first]) => sum + first, 0);
    return [this.of(layers.concat({ from }), layers.concat({ from, axis: 0 })), [along, ...shapes[0].slice(1)]];
  }
  /** Blocks, residuals, shared layers. */
  structure(list, shape) {
    const inner = () => {
      const first = this.keeping(shape);
      if (this.next(3) < 2) return [first];
      const names = [this.name(), this.name()];
      const second = this.keeping(shape);
      const joint = layers.add([...names, "input"]);
      return [{ ...first, name: names[0] }, { ...second, name: names[1] }, joint, this.keeping(shape)];
    };
    switch (this.next(4)) {
      case 0:
        list.push(layers.residual(inner()));
        return shape;
      case 1: {
        const [layer, after] = this.widening(shape);
        const [other] = this.like(shape, after);
        list.push(layers.residual([this.keeping(shape), layer], { shortcut: [other] }));
        return after;
      }
      case 2: {
        list.push(layers.block(inner(), { repeat: this.between(1, 3) }));
        return shape;
      }
      default: {
        const name = this.name();
        const shared = this.of(
          () => this.keeping(shape),
          () => layers.block([this.keeping(shape), this.keeping(shape)]),
        )();
        list.push({ ...shared, name }, layers.shared(name));
        return shape;
      }
    }
  }
  /** A layer that gives `to` for `from`. */
  like(from, to) {
    if (to.length === 3 && from[1] === to[1] && from[2] === to[2]) {
      return [layers.convolution({ filters: to[0], size: 1 }), to];
    }
    return to.length === 1 ? [layers.affine(to[0]), to] : [layers.transpose(from.map((_, i) => i)), to];
  }
  /** A layer that may change the first axis alone. */
  widening(shape) {
    if (shape.length === 3) {
      const filters = this.between(1, 4);
      return [layers.convolution({ filters, size: 3, pad: 1 }), [filters, ...shape.slice(1)]];
    }
    if (shape.length !== 1) return [this.keeping(shape), shape];
    const units = this.between(1, 5);
    return [layers.affine(units), [units]];
  }
  /** A layer that keeps the shape, whatever it is. */
  keeping(shape) {
    if (shape.length === 3) {
      const [channels, height, width] = shape;
      const kept = this.next(8);
      if (kept === 1) {
        return layers.convolution({
          filters: channels,
          size: 3,
          pad: this.of(1, "same"),
          ...this.weights(),
        });
      }
      if (kept === 2) return layers.batchNormalization({ perChannel: true, scale: this.of(true, false) });
      if (kept === 3) return layers.adaptiveAveragePooling(height === width ? height : [height, width]);
      if (kept === 4) return this.groupNorm(shape);
      if (kept === 5) return layers.transposedConvolution({ filters: channels, size: 3, pad: 1, bias: false });
      if (kept === 6) return layers.pooling({ size: [2, 3], stride: 1, pad: "same" });
    }
    if (shape.length === 2) {
      const [, units] = shape;
      const kept = this.next(10);
      if (kept === 8) {
        const pad = this.of("same", "causal", [1, 1]);
        return this.of(
          layers.convolution1d({ filters: units, size: 3, pad, ...this.weights() }),
          layers.pooling1d({ size: 3, stride: 1, pad }),
          layers.averagePooling1d({ size: 3, stride: 1, pad }),
        );
      }
      if (kept === 1) return layers.lstm({ units, ...this.weights() });
      if (kept === 2) return this.of(layers.gru(units), layers.rnn({ units, activation: "relu" }));
      if (kept === 3)
        return layers.multiHeadAttention({ heads: this.divisor(units), causal: this.of(false, true), weightInit: 0.3 });
      if (kept === 4) return layers.positionEmbedding();
      if (kept === 5) return layers.positionalEncoding();
      if (kept === 6) return layers.affine({ units, flatten: false, ...this.weights() });
      if (kept === 7) return this.layerNorm(shape, { axes: this.between(1, 2), epsilon: 1e-3 });
    }
    if (shape.length === 1 && this.next(2) === 1) return layers.affine({ units: shape[0], ...this.weights() });
    return this.activation(shape);
  }
  weights() {
    return this.of({}, { weightInit: "xavier" }, { weightInit: 0.2, weightDecay: 0.01 }, { l1: 0.001 });
  }
  activation(shape) {
    return this.of(
      layers.relu,
      ...unplaced.filter((kind) => fits(kind, shape)).map((kind) => () => ({ kind })),
      () => layers.elu({ alpha: 0.5 }),
      () => layers.gelu({ approximate: "tanh" }),
      () => layers.dropout({ ratio: 0.25, inverted: true }),
      () => layers.batchNormalization({ momentum: 0.5, center: this.of(true, false) }),
      () => this.layerNorm(shape),
      () => layers.op(this.of("sin", "cos", "square")),
    )();
  }
  /** Layer normalization, but not of one value, which cannot be trained. */
  layerNorm(shape, options = {}) {
    if (sizeOf(shape.slice(-(options.axes ?? 1))) <= 1) return layers.tanh();
    return layers.layerNormalization({ ...options, scale: this.of(true, false), center: this.of(true, false) });
  }
  /** Group normalization, but not of groups of one value. */
  groupNorm(shape) {
    const groups = this.divisor(shape[0]);
    if (sizeOf(shape) > groups) return layers.groupNormalization({ groups, scale: this.of(true, false) });
    return groups > 1 ? layers.groupNormalization(1) : layers.tanh();
  }
  divisor(n) {
    const divisors = Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);
    return divisors[this.next(divisors.length)];
  }
  /** Any layer of one input. */
  layer(shape) {
    switch (this.next(6)) {
      case 0:
      case 1:
        return [this.keeping(shape), shape];
      case 2:
        return this.rearranging(shape);
      default:
        if (shape.length === 3) return this.onImages(shape);
        if (shape.length === 2) return this.onSequences(shape);
        return this.onRows(shape);
    }
  }
  rearranging(shape) {
    const size = sizeOf(shape);
    switch (this.next(5)) {
      case 0:
        return [layers.flatten(), [size]];
      case 1: {
        const rows = this.divisor(size);
        const to = this.of([rows, size / rows], [1, rows, size / rows]);
        const i = this.next(to.length + 1);
        return [layers.reshape(to.map((n, k) => (k === i ? -1 : n))), to];
      }
      case 2: {
        const axes = shape.map((_, i) => i);
        for (let i = axes.length - 1; i > 0; i--) {
          const k = this.next(i + 1);
          [axes[i], axes[k]] = [axes[k], axes[i]];
        }
        return [layers.transpose(axes), axes.map((axis) => shape[axis])];
      }
      case 3: {
        if (shape.length === 1) return [layers.affine(2), [2]];
        const axes = this.next(2) === 0 ? [shape.length - 1] : shape.map((_, i) => i).slice(1);
        return [this.next(2) === 0 ? layers.mean(axes) : layers.max(axes), shape.filter((_, i) => !axes.includes(i))];
      }
      default: {
        if (size > 40) return [layers.relu(), shape];
        const widths = shape.map(() => [this.next(2), this.next(2)]);
        return [layers.pad(widths), shape.map((n, i) => n + widths[i][0] + widths[i][1])];
      }
    }
  }
  onRows(shape) {
    if (shape.length > 1) return [layers.flatten(), [sizeOf(shape)]];
    const units = this.between(1, 6);
    return this.of(
      [layers.affine(units), [units]],
      [layers.affine({ units, bias: false, weightInit: "orthogonal" }), [units]],
      [this.layerNorm(shape), shape],
      [this.groupNorm(shape), shape],
    );
  }
  onSequences([time, features]) {
    const units = this.between(1, 4);
    return this.of(
      () => [layers.lstm(units), [time, units]],
      () => [layers.gru({ units, output: "all" }), [time, units]],
      () => [layers.lstm({ units, output: "last", bidirectional: true }), [2 * units]],
      () => [layers.rnn({ units, bidirectional: true }), [time, 2 * units]],
      () => [layers.gru({ units, output: "last" }), [units]],
      () => [layers.affine({ units, flatten: false }), [time, units]],
      () => [layers.multiHeadAttention({ heads: this.divisor(features) }), [time, features]],
      () => this.overTime(time, features),
      () => [layers.positionEmbedding({ weightInit: 0.1 }), [time, features]],
      () => [layers.positionalEncoding(), [time, features]],
    )();
  }
  /** Windows over time. */
  overTime(time, features) {
    const size = this.between(1, Math.min(3, time));
    const stride = this.between(1, 2);
    const pad = this.next(2);
    const many = Math.floor((time + pad - size) / stride) + 1;
    const groups = this.divisor(features);
    return this.of(
      () => [layers.convolution1d({ filters: groups, size, stride, groups, pad: [0, pad] }), [many, groups]],
      () => [layers.convolution1d({ filters: 2, size: 2, dilation: 2, pad: "causal", bias: false }), [time, 2]],
      () => [layers.pooling1d({ size, pad: "same" }), [Math.ceil(time / size), features]],
      () => [layers.averagePooling1d({ size, stride, pad: [0, pad] }), [many, features]],
    )();
  }
  onImages([channels, height, width]) {
    const size = [this.between(1, Math.min(3, height)), this.between(1, Math.min(3, width))];
    const stride = this.between(1, 2);
    const pad = this.next(2);
    const windows = (n, window, step, around) => Math.floor((n + 2 * around - window) / step) + 1;
    const pooled = (step, around) => [
      channels,
      windows(height, size[0], step, around),
      windows(width, size[1], step, around),
    ];
    switch (this.next(10)) {
      case 0: {
        const groups = this.divisor(channels);
        const filters = groups * this.between(1, 2);
        const [, h, w] = pooled(stride, pad);
        return [
          layers.convolution({ filters, size, stride, pad, groups, bias: this.of(true, false), ...this.weights() }),
          [filters, h, w],
        ];
      }
      case 1: {
        if (height < 3 || width < 3) return [layers.globalAveragePooling(), [channels]];
        return [layers.convolution({ filters: 2, size: 2, dilation: 2 }), [2, height - 2, width - 2]];
      }
      case 2: {
        const square = Math.min(...size);
        const at = (n) => windows(n, square, square, 0);
        return [layers.pooling({ size: square }), [channels, at(height), at(width)]];
      }
      case 3:
        return [layers.pooling({ size, stride, pad }), pooled(stride, pad)];
      case 4:
        return [layers.averagePooling({ size, stride, pad }), pooled(stride, pad)];
      case 5: {
        const target = [this.between(1, 3), this.between(1, 3)];
        return this.of(
          [layers.globalAveragePooling(), [channels]],
          [layers.adaptiveAveragePooling(target), [channels, ...target]],
        );
      }
      case 8: {
        const kind = this.of(layers.pooling, layers.averagePooling);
        const countPad = this.of(false, true);
        const halves = [Math.ceil(height / stride), Math.ceil(width / stride)];
        return [kind({ size, stride, pad: "same", countPad }), [channels, ...halves]];
      }
      case 9: {
        const filters = this.between(1, 3);
        const sides = [
          [0, 1],
          [this.next(2), 2],
        ];
        const at = (axis, n) => n + sides[axis][0] + sides[axis][1] - size[axis] + 1;
        return [layers.convolution({ filters, size, pad: sides }), [filters, at(0, height), at(1, width)]];
      }
      case 6: {
        if (height * width > 16) return [layers.adaptiveAveragePooling(2), [channels, 2, 2]];
        return this.of(
          [layers.upsampling(2), [channels, 2 * height, 2 * width]],
          [layers.upsampling([1, 2]), [channels, height, 2 * width]],
        );
      }
      default: {
        if (height * width > 16) return [layers.relu(), [channels, height, width]];
        const outputPad = this.next(2);
        const large = (n) => 2 * (n - 1) + 2 + outputPad;
        const filters = this.between(1, 3);
        return [
          layers.transposedConvolution({ filters, size: 2, stride: 2, outputPad }),
          [filters, large(height), large(width)],
        ];
      }
    }
  }
  /** Every loss that can follow an output, also with options. */
  lossFor(shape) {
    const plain = [...losses.values()].filter(({ needs }) => (needs?.(shape) ?? null) === null);
    const smoothed = { kind: "crossEntropy", labelSmoothing: 0.1, weight: 0.5 };
    const [first, ...others] = plain.map(({ kind }) => kind);
    const classes = shape.length === 1 ? smoothed : { kind: "crossEntropy", classes: "first" };
    return this.of(first, ...others, { kind: "huber", delta: 0.5 }, classes);
  }
  /** One output with a loss (or none), or two. */
  ending(inputs, list, shape) {
    const options = this.of(
      {},
      { weightDecay: 0.01 },
      { l1: 0.001, name: "a grown model" },
      { training: { optimizer: "sgd", lr: 0.01, epochs: 2, batchSize: 5, schedule: "cosine", keepBest: true } },
    );
    const spec = { version: 1, ...inputs, layers: list, ...options };
    if (this.next(4) === 3) {
      const trunk = this.name();
      list.push({ ...this.keeping(shape), name: trunk });
      list.push(layers.affine({ units: 2, name: "first", from: trunk }));
      const [layer, after] = this.layer(shape);
      list.push({ ...layer, name: "second", from: trunk });
      const losses = { first: this.lossFor([2]), second: this.lossFor(after) };
      const metrics = this.of({}, { metrics: { second: ["meanAbsoluteError"] } });
      return {
        spec: { ...spec, outputs: ["first", "second"], losses, ...metrics },
        outputs: { first: [2], second: after },
      };
    }
    // A model has one layer at least.
    const [layer, after] = this.next(2) === 0 ? [layers.affine(3), [3]] : this.layer(shape);
    list.push({ ...layer, name: "last" });
    if (this.next(8) === 7) return { spec, outputs: { last: after } };
    return { spec: { ...spec, loss: this.lossFor(after) }, outputs: { last: after } };
  }
}
//# sourceMappingURL=model-specs.js.map
