// Loaded into the measured app by `node --import`. Answers the bench over the Unix socket that FLIGHTDECK_BENCH_PROBE
// names: `/memory` collects garbage and tells what is left in use; `/listen` begins to note when the SDK
// emits pieces of streamed text, and `/emitted` tells them. Until it is asked it does nothing.
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Built for `import` and for `require`; whichever the app uses is noted.
const SDK_SESSIONS = ["dist/session.js", "dist/cjs/session.js"];
const emitted = [];
let listening = false;

/** Notes each piece of text at the moment at which the SDK hands it to the app. */
async function noteEmitted(file) {
  const { CopilotSession } = await import(pathToFileURL(file).href);
  const dispatch = CopilotSession.prototype._dispatchEvent;
  CopilotSession.prototype._dispatchEvent = function (event) {
    if (listening && event.type === "assistant.message_delta") {
      const atMs = performance.timeOrigin + performance.now();
      emitted.push({ sessionId: this.sessionId, chars: event.data.deltaContent.length, atMs });
    }
    return dispatch.call(this, event);
  };
}

const answers = {
  async "/memory"() {
    const collect = runInNewContext("gc");
    collect();
    // Finalizers run between two collections.
    await sleep(200);
    collect();
    return process.memoryUsage();
  },
  async "/listen"() {
    listening = true;
    return {};
  },
  async "/emitted"() {
    listening = false;
    return emitted.splice(0);
  },
};

const socketPath = process.env.FLIGHTDECK_BENCH_PROBE;
if (socketPath) {
  setFlagsFromString("--expose-gc");
  const sdk = join(dirname(process.argv[1]), "node_modules", "@github", "copilot-sdk");
  for (const file of SDK_SESSIONS) await noteEmitted(join(sdk, file));
  const server = createServer((request, response) => {
    const answer = answers[request.url]?.() ?? Promise.resolve(null);
    answer.then((body) => response.end(JSON.stringify(body)));
  });
  server.listen(socketPath).unref();
}
