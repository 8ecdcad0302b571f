/** Downloads the file that its argument describes as JSON, for tests that end its process. */
import { download } from "../../../data/src/download/download.ts";

const { file, dir, mirror } = JSON.parse(process.argv[2]);
await download({ op: "download", file, dir, mirrors: [mirror], pause: 1 });
