type ModelInput = {
  id: string;
  name: string;
  vendor: string;
  category: "lightweight" | "versatile" | "powerful";
  multiplier: number;
  context: number;
  output: number;
  vision?: boolean;
  reasoning?: boolean;
  endpoints: string[];
  policy?: "enabled" | "disabled";
  preview?: boolean;
  isDefault?: boolean;
};

const MODELS: ModelInput[] = [
  {
    id: "claude-sonnet-4.5",
    name: "Claude Sonnet 4.5",
    vendor: "Anthropic",
    category: "versatile",
    multiplier: 1,
    context: 200_000,
    output: 32_000,
    vision: true,
    endpoints: ["/chat/completions"],
    isDefault: true,
  },
  {
    id: "gpt-5-mini",
    name: "GPT-5 mini",
    vendor: "Azure OpenAI",
    category: "lightweight",
    multiplier: 0,
    context: 264_000,
    output: 64_000,
    vision: true,
    endpoints: ["/chat/completions"],
  },
  {
    id: "gpt-5.2",
    name: "GPT-5.2",
    vendor: "OpenAI",
    category: "powerful",
    multiplier: 1,
    context: 264_000,
    output: 64_000,
    vision: true,
    reasoning: true,
    endpoints: ["/responses"],
  },
  {
    id: "gemini-3-pro-preview",
    name: "Gemini 3 Pro (Preview)",
    vendor: "Google",
    category: "powerful",
    multiplier: 1,
    context: 128_000,
    output: 64_000,
    vision: true,
    endpoints: ["/chat/completions"],
    policy: "disabled",
    preview: true,
  },
];

/** What `GET /models` of Copilot's own API answers: one model is disabled by policy, one answers only through `/responses`. */
export function modelsJson() {
  return { object: "list", data: MODELS.map(modelJson) };
}

function modelJson(model: ModelInput) {
  return {
    id: model.id,
    object: "model",
    name: model.name,
    vendor: model.vendor,
    version: model.id,
    preview: model.preview === true,
    model_picker_enabled: true,
    model_picker_category: model.category,
    is_chat_default: model.isDefault === true,
    is_chat_fallback: model.isDefault === true,
    supported_endpoints: model.endpoints,
    policy: {
      state: model.policy ?? "enabled",
      terms: `Enable access to ${model.name} from ${model.vendor}.`,
    },
    billing: {
      is_premium: model.multiplier > 0,
      multiplier: model.multiplier,
      restricted_to: ["pro", "pro_plus", "business", "enterprise"],
    },
    capabilities: {
      type: "chat",
      object: "model_capabilities",
      family: model.id,
      tokenizer: "o200k_base",
      limits: {
        max_context_window_tokens: model.context,
        max_prompt_tokens: model.context - model.output,
        max_output_tokens: model.output,
        ...(model.vision
          ? {
              vision: {
                max_prompt_image_size: 3_145_728,
                max_prompt_images: 5,
                supported_media_types: ["image/jpeg", "image/png", "image/webp", "image/gif"],
              },
            }
          : {}),
      },
      supports: {
        streaming: true,
        tool_calls: true,
        parallel_tool_calls: true,
        structured_outputs: true,
        vision: model.vision === true,
        ...(model.reasoning ? { reasoning_effort: ["low", "medium", "high"] } : {}),
      },
    },
  };
}
