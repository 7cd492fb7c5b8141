import type { z } from "zod";
import { createModelEngine } from "./model/engine";
import type { Simulator } from "./simulator-server";
import { CommonControl, startSimulator } from "./simulator-server";

export type ModelControl = z.infer<typeof CommonControl>;
export type ModelSimulator = Simulator<ModelControl>;

const MODELS = ["sim-small", "sim-large", "sim-reasoning"];
const CREATED_AT_SECONDS = 1_760_000_000;

/** Starts a stand-in for a model endpoint as OpenAI, Azure and Anthropic serve it. Any key, or none, is accepted. */
export function startModelSimulator({ port = 0 }: { port?: number } = {}): Promise<ModelSimulator> {
  const engine = createModelEngine();
  return startSimulator<ModelControl>({
    port,
    controlSchema: CommonControl.strict(),
    control: () => ({}),
    reset: () => engine.reset(),
    identify: () => null,
    routes: (app) => {
      const models = MODELS.map((id) => ({
        id,
        object: "model",
        created: CREATED_AT_SECONDS,
        owned_by: "simulator",
      }));
      app.get("/v1/models", (c) => c.json({ object: "list", data: models }));
      app.get("/v1/models/:id", (c) => {
        const model = models.find((each) => each.id === c.req.param("id"));
        return model ? c.json(model) : c.notFound();
      });
      app.post("/v1/chat/completions", (c) => engine.answer(c, "completions"));
      // Azure's, without and with a version.
      app.post("/openai/v1/chat/completions", (c) => engine.answer(c, "completions"));
      app.post("/openai/v1/responses", (c) => engine.answer(c, "responses"));
      app.post("/openai/deployments/:id/chat/completions", (c) => engine.answer(c, "completions"));
      app.post("/v1/responses", (c) => engine.answer(c, "responses"));
      app.post("/v1/messages", (c) => engine.answer(c, "messages"));
    },
  });
}
