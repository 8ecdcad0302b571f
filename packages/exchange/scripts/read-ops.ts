/** Prints the ops that are read from ONNX files, as a JSON list. */
import { controls } from "../src/onnx/in/control.ts";
import { lowerings } from "../src/onnx/in/ops/all.ts";

console.log(JSON.stringify([...lowerings.keys(), ...controls.keys()]));
