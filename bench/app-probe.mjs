// Loaded into the measured app by `node --import`: at SIGUSR2 it collects garbage and writes what memory is left in
// use to the file that FLIGHTDECK_BENCH_PROBE names. Until then it does nothing.
import { renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const file = process.env.FLIGHTDECK_BENCH_PROBE;
if (file) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  process.on("SIGUSR2", () => {
    collect();
    // Finalizers run between two collections.
    setTimeout(() => {
      collect();
      writeFileSync(`${file}.part`, JSON.stringify(process.memoryUsage()));
      renameSync(`${file}.part`, file);
    }, 200);
  });
}
