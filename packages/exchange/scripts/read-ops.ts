/** Prints the ops that are read from ONNX files, as a JSON list. */
import { controls } from "../src/onnx/in/nodes/control.ts";
import { sequences } from "../src/onnx/in/nodes/sequences.ts";
import { lowerings } from "../src/onnx/in/ops/all.ts";

console.log(JSON.stringify([...lowerings.keys(), ...controls.keys(), ...sequences.keys()]));
