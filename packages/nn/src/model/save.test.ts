import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, readSafetensors, writeSafetensors } from "@adjoint/data";
import { DataError, rng, SpecError, type Tensor, tensor, zeros } from "@adjoint/tensor";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { messageOf } from "../../../../testing/message-of.ts";
import { SimpleConvNet } from "../book/convolutional.ts";
import { layers } from "../layers/builders.ts";
import { model } from "../read/parse.ts";
import { build } from "./build.ts";
import { decodeModel, encodeModel, loadModel, saveModel, statesMetadata } from "./save.ts";

const spec = model({
  name: "saved",
  input: [1, 6, 6],
  layers: [
    layers.convolution({ filters: 2, size: 3 }),
    layers.batchNormalization({ perChannel: true }),
    layers.relu(),
    layers.dropout(0.5),
    layers.affine(3),
  ],
  loss: "softmaxWithLoss",
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "adjoint-save-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function failure(promise: Promise<unknown>): Promise<Error> {
  return await promise.then(
    () => {
      throw new Error("nothing was thrown");
    },
    (error: Error) => error,
  );
}

describe("a model in a file", () => {
  it.each(["float32", "float64"] as const)("comes back whole, to the last bit: %s", async (dtype) => {
    const net = build(spec, { seed: 5, dtype });
    const x = rng(1).normal([4, 1, 6, 6], { dtype });
    // Running statistics that are not those of the start.
    net.predict(x, { train: true });
    const path = join(folder, `${dtype}.safetensors`);
    await saveModel(net, path, { metadata: { accuracy: "0.9" } });
    const loaded = await loadModel(path);
    expect(loaded.toSpec()).toEqual(spec);
    expect(loaded.dtype).toBe(dtype);
    expect(loaded.state()).toEqual(net.state());
    expect(loaded.predict(x).value).toEqual(net.predict(x).value);
    const { tensors, metadata } = await readSafetensors(path);
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(net.state()).sort());
    expect(metadata.accuracy).toBe("0.9");
    expect(decodeModel(encodeModel(net)).state()).toEqual(net.state());
  });

  it("needs a path", async () => {
    const net = build(model({ input: [2], layers: [layers.affine(1)], loss: "mse" }));
    await expect(saveModel(net, undefined as never)).rejects.toThrow("saveModel: the path is missing;");
    await expect(loadModel(undefined as never)).rejects.toThrow("loadModel: the path is missing;");
    await expect(loadModel(5 as never)).rejects.toThrow("loadModel: the path is a number;");
  });

  it("is written whole or not at all", async () => {
    const net = build(spec);
    const path = join(folder, "atomic.safetensors");
    await saveModel(net, path);
    const before = await readFile(path);
    await failure(saveModel(net, path, { metadata: { "adjoint.model": "{}" } }));
    await failure(saveModel(net, path, { metadata: { x: 3 as never } }));
    expect((await failure(saveModel(path as never, net as never))).message).toContain("Pass the model first");
    expect(() => encodeModel(spec as never)).toThrow(SpecError);
    const book = new SimpleConvNet();
    expect((await failure(saveModel(book as never, path))).message).toMatchInlineSnapshot(
      `"saveModel: the model is a SimpleConvNet, a network of the book; expected the result of build(spec). Save its state: await writeSafetensors(path, net.state())."`,
    );
    expect(() => encodeModel(book as never)).toThrow("encodeSafetensors(net.state())");
    expect((await failure(saveModel(spec as never, path))).message).toContain("saveModel(build(spec), path)");
    expect(await readFile(path)).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("is refused when the file is something else, or its spec and tensors do not fit", async () => {
    const bare = join(folder, "bare.safetensors");
    await writeSafetensors(bare, { x: zeros([2]) });
    const wrong = join(folder, "wrong.safetensors");
    const evil = JSON.stringify({ ...spec, layers: [{ kind: "affine", units: 1e9 }, { kind: "eval" }] });
    await writeFile(wrong, encodeSafetensors({}, { metadata: { "adjoint.model": evil } }));
    const other = join(folder, "other.safetensors");
    const state = { ...build(spec).state(), extra: zeros([1]) };
    await writeSafetensors(other, state, { metadata: { "adjoint.model": JSON.stringify(spec) } });
    const small = join(folder, "small.safetensors");
    const absent = JSON.stringify({ ...spec, layers: [{ kind: "affine", units: 3, from: "x" }] });
    await writeFile(small, encodeSafetensors({}, { metadata: { "adjoint.model": absent } }));
    const cut = join(folder, "cut.safetensors");
    await writeFile(cut, encodeSafetensors({}, { metadata: { "adjoint.model": evil.slice(0, -1) } }));
    const junk = join(folder, "junk.safetensors");
    await writeFile(junk, "not a model");
    const errors = [
      await failure(loadModel(bare)),
      await failure(loadModel(wrong)),
      await failure(loadModel(small)),
      await failure(loadModel(cut)),
      await failure(loadModel(other)),
      await failure(loadModel(junk)),
    ];
    expect(
      errors.map(({ message }) =>
        message.replaceAll(folder, "").replace(/the kinds are .*?, shared/, "the kinds are …"),
      ),
    ).toMatchInlineSnapshot(`
      [
        "loadModel: /bare.safetensors holds tensors but no spec; expected metadata with "adjoint.model". Build the model from its spec, and take the weights by loadWeights(net, tensors, { names }).",
        "/wrong.safetensors, the spec in its metadata: 2 mistakes:
        layers[0] (affine) "affine1": its weight would have the shape [36, 1000000000], more than 268,435,456 numbers. Its input is [1, 6, 6]
        layers[1]: has the unknown kind "eval"; the kinds are …. Pass custom layers as { use: [name] }, on the command line with --use FILE.",
        "/small.safetensors, the spec in its metadata: layers[0] (affine) "affine1": unknown layer or input "x" in from. Earlier names are "input"; later layers cannot be inputs.",
        "/cut.safetensors, the spec in its metadata: is not JSON: a } is missing at the end: the { of line 1 is not closed.",
        "loadState: the state does not fit this model: extra unknown; expected conv1.weight [2, 1, 3, 3], conv1.bias [2], batchNorm1.gamma [2], batchNorm1.beta [2], affine1.weight [32, 3], affine1.bias [3], batchNorm1.runningMean [2], batchNorm1.runningVar [2]. Build the model from the spec that the state was saved with.",
        "loadModel: /junk.safetensors is not a safetensors file: it is text, "not a mo" (byte 0). A spec is read by build(parseModelText(text)), a graph by graphFromJSON(text).",
      ]
    `);
    expect(errors.map((error) => error instanceof DataError || error instanceof SpecError)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});

it("names what does without files where there are none", async () => {
  const net = build(spec);
  vi.stubGlobal("process", undefined);
  const failures = await Promise.allSettled([saveModel(net, "x.safetensors"), loadModel("x.safetensors")]);
  vi.unstubAllGlobals();
  expect(failures.map((one) => (one as PromiseRejectedResult).reason.message)).toMatchInlineSnapshot(`
    [
      "saveModel: there are no files here; expected Node 20.19 or later. In a browser fetch the bytes and use decodeIdx or decodeSafetensors, or use loadDigits, which needs no file.",
      "loadModel: there are no files here; expected Node 20.19 or later. In a browser fetch the bytes and use decodeIdx or decodeSafetensors, or use loadDigits, which needs no file.",
    ]
  `);
});

it("finds a model in a file with all states of a training step", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const net = build(model({ input: [3], layers: [layers.affine(2), layers.batchNormalization()] }), {
      dtype,
      seed: 4,
    });
    const states: Record<string, Tensor> = {
      ...net.state(),
      "affine1.weight.m": zeros([3, 2]),
      lr: tensor(0.1, { dtype: "float64" }),
    };
    const loaded = decodeModel(encodeSafetensors(states, { metadata: statesMetadata(net) }));
    expect([loaded.dtype, loaded.state()]).toEqual([dtype, net.state()]);
    const { "affine1.bias": _, ...rest } = states;
    const bytes = encodeSafetensors(rest, { metadata: statesMetadata(net) });
    expect(messageOf(() => decodeModel(bytes))).toContain("affine1.bias missing");
  }
});
