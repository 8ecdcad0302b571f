import { SpecError, Tensor } from "@adjoint/tensor";
import { describe, expect, it } from "vitest";
import { messageOf } from "../../../../../testing/message-of.ts";
import { decodeSafetensors } from "./decode.ts";
import { encodeSafetensors } from "./encode.ts";

const x = new Tensor(Float32Array.of(1, 2, 3, 4), [2, 2]);
const header = (file: Uint8Array) => new TextDecoder().decode(file.subarray(8, 8 + file[0]));

describe("encodeSafetensors", () => {
  it("writes the bytes of the format, data at a multiple of 8", () => {
    const file = encodeSafetensors({ b: new Tensor(Uint8Array.of(1), []), x });
    expect(header(file)).toBe(
      '{"x":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BOOL","shape":[],"data_offsets":[16,17]}}',
    );
    expect(file.length).toBe(8 + file[0] + 17);
    expect(file[0] % 8).toBe(0);
    expect([...file.subarray(-17)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40, 1]);
    expect(header(encodeSafetensors({}))).toBe("{}      ");
  });

  it("writes metadata only when they are given, by name", () => {
    expect(header(encodeSafetensors({}, { metadata: { b: "2", a: "1" } }))).toBe(
      '{"__metadata__":{"a":"1","b":"2"}}      ',
    );
    expect(header(encodeSafetensors({}, { metadata: {} })).trim()).toBe('{"__metadata__":{}}');
    expect(header(encodeSafetensors({}, { metadata: undefined })).trim()).toBe("{}");
  });

  it("writes a view as what it shows, and any bool that is true as 1", () => {
    const repeated = new Tensor(Float64Array.of(1, 7), [3, 2], [0, -1], 1);
    const bools = new Tensor(Uint8Array.of(0, 2, 255), [3]);
    const { tensors } = decodeSafetensors(encodeSafetensors({ repeated, bools }));
    expect(tensors.repeated.toArray()).toEqual([
      [7, 1],
      [7, 1],
      [7, 1],
    ]);
    expect(tensors.bools.toArray()).toEqual([false, true, true]);
    expect(bools.data).toEqual(Uint8Array.of(0, 2, 255));
  });

  it("refuses what the format cannot hold", () => {
    const refused = (tensors: unknown, options?: unknown) => {
      expect(() => encodeSafetensors(tensors as never, options as never)).toThrow(SpecError);
      return messageOf(() => encodeSafetensors(tensors as never, options as never));
    };
    expect(refused({ __metadata__: x })).toMatchInlineSnapshot(
      `"encodeSafetensors: a tensor has the name __metadata__; expected another name. The format reserves that name for strings: pass them as { metadata }."`,
    );
    expect(refused({ x, w: { value: x } })).toMatchInlineSnapshot(
      `"encodeSafetensors: "w" is an object; expected a Tensor. Pass its value."`,
    );
    expect(refused({ w: Float32Array.of(1) })).toMatchInlineSnapshot(
      `"encodeSafetensors: "w" is a Float32Array; expected a Tensor."`,
    );
    expect(refused({ w: null })).toMatchInlineSnapshot(`"encodeSafetensors: "w" is null; expected a Tensor."`);
    expect(refused(new Map([["x", x]]))).toMatchInlineSnapshot(
      `"encodeSafetensors: tensors is a Map; expected an object such as { name: value }. Convert it: Object.fromEntries(map)."`,
    );
    // A literal's __proto__ is no name but its prototype, which would be lost.
    expect(refused({ __proto__: x })).toMatchInlineSnapshot(
      `"encodeSafetensors: tensors is a Tensor; expected an object such as { name: value }."`,
    );
    expect(refused(null)).toMatchInlineSnapshot(
      `"encodeSafetensors: tensors is null; expected an object such as { name: value }."`,
    );
    expect(refused({ "\ud800": x })).toMatchInlineSnapshot(
      `"encodeSafetensors: "\\ud800" in tensors has half of a surrogate pair, which UTF-8 cannot hold; expected whole characters."`,
    );
    expect(refused({ x }, { metadata: { step: 5 } })).toMatchInlineSnapshot(
      `"encodeSafetensors: "step" in metadata is 5; expected a string. JSON.stringify makes a string of any value."`,
    );
    expect(refused({ x }, { metadata: { text: "\udc00" } })).toMatchInlineSnapshot(
      `"encodeSafetensors: "\\udc00" in metadata has half of a surrogate pair, which UTF-8 cannot hold; expected whole characters."`,
    );
    expect(refused({ x }, { metadata: "text" })).toMatchInlineSnapshot(
      `"encodeSafetensors: metadata is a string; expected an object such as { name: value }."`,
    );
    expect(refused({ x }, { meta: {} })).toMatchInlineSnapshot(
      `"encodeSafetensors: unknown option "meta". The options are metadata."`,
    );
    const endless = new Tensor(Float32Array.of(1), [2 ** 30, 2 ** 22], [0, 0]);
    expect(refused({ endless })).toMatchInlineSnapshot(
      `"encodeSafetensors: the tensors take 1.80e+16 bytes, more than can be allocated here; expected tensors that fit the memory. Write several files."`,
    );
  });
});
