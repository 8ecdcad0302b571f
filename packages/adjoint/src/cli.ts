#!/usr/bin/env node
/** The program `adjoint`. */
import { run } from "./commands/run.ts";
import { endWith } from "./terminal/broken-output.ts";

endWith(process);
process.exitCode = await run(process.argv.slice(2), process);
