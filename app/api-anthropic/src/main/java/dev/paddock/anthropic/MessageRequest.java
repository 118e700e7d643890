package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.Models;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A message as it was asked for.
 *
 * @param name the model as the caller names it
 * @param thinks whether the caller wants thinking blocks
 * @param showsThinking whether it wants them with their text
 * @param parallel whether an answer may call several tools
 */
record MessageRequest(
    String name,
    Model model,
    ModelRequest request,
    boolean stream,
    boolean thinks,
    boolean showsThinking,
    boolean parallel) {
  private static final int MAX_ID = 256;
  private static final int MAX_TOKENS = 10_000_000;
  private static final int MAX_TOOLS = 1_024;
  private static final int MAX_STOPS = 64;
  private static final String[] KNOWN = {
    "model",
    "messages",
    "max_tokens",
    "cache_control",
    "container",
    "context_management",
    "diagnostics",
    "inference_geo",
    "mcp_servers",
    "metadata",
    "output_config",
    "output_format",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "thread",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
    "user_profile_id",
    "workspace_id"
  };

  /** Reads a request; {@code answered} when it asks for an answer and not for a count. */
  static MessageRequest read(Models models, ContentReader contents, Fields body, boolean answered) {
    body.only(KNOWN);
    String name = body.requiredText("model", MAX_ID);
    if (body.has("thread")) {
      // The vendor's tool runner goes on without a thread when it reads this code.
      throw body.invalid("thread", "threads of messages are not kept here; send every message")
          .withDetailCode("thread_unsupported_request");
    }
    refuse(body, "container", "mcp_servers", "context_management");
    if (body.word("speed", "standard", "fast").orElse("standard").equals("fast")) {
      throw body.invalid("speed", "\"fast\" is not offered here");
    }
    Optional<Integer> maxTokens = body.integer("max_tokens", 1, MAX_TOKENS).map(Long::intValue);
    if (answered && maxTokens.isEmpty()) {
      throw body.invalid("max_tokens", "is required");
    }
    Model model = models.open(name);
    ModelDescription about = model.description();
    ModelRequest request = ModelRequest.of(new MessageTurns(contents).read(body));
    if (body.has("system")) {
      request = request.withSystem(MessageTurns.text(body, "system"));
    }
    Optional<Fields> choice = body.object("tool_choice");
    request = request.withTools(tools(body, about), choice(choice, body));
    Optional<Fields> config = body.object("output_config", "effort", "format");
    Optional<ObjectNode> schema =
        schema(
            config.flatMap(c -> c.object("format")).or(() -> body.object("output_format")), about);
    if (schema.isPresent()) {
      request = request.withOutput(schema.get());
    }
    MessageThinking thinking =
        MessageThinking.read(body.object("thinking"), config, maxTokens, about);
    request = request.withSampling(sampling(body, maxTokens)).withEffort(thinking.effort());
    return new MessageRequest(
        name,
        model,
        request,
        body.bool("stream").orElse(false),
        thinking.wanted(),
        thinking.shown(),
        !choice.flatMap(c -> c.bool("disable_parallel_tool_use")).orElse(false));
  }

  private static void refuse(Fields body, String... keys) {
    for (String key : keys) {
      if (body.has(key) && !body.json().path(key).isEmpty()) {
        throw body.invalid(key, "is not offered with messages; use a session");
      }
    }
  }

  private static List<ToolDefinition> tools(Fields body, ModelDescription model) {
    List<ToolDefinition> out = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields tool : body.objects("tools", MAX_TOOLS)) {
      String kind = tool.text("type", MAX_ID).orElse("custom");
      if (!kind.equals("custom")) {
        throw tool.invalid(
            "type",
            "tools of type \"%s\" are not offered with messages; declare a tool and run it yourself, or use a session"
                .formatted(Texts.shortened(kind)));
      }
      String name = tool.requiredText("name", 128);
      if (!name.matches("[a-zA-Z0-9_-]+")) {
        throw tool.invalid("name", "must be of a-z, A-Z, 0-9, _ and -");
      }
      if (!names.add(name)) {
        throw tool.invalid("name", "another tool has the same name");
      }
      Fields schema = tool.requiredObject("input_schema");
      schema.requiredWord("type", "object");
      out.add(
          new ToolDefinition(
              name, tool.text("description", 1 << 20).orElse(""), schema.json(), false));
    }
    if (!out.isEmpty() && !model.can(Capability.TOOLS)) {
      throw body.invalid("tools", "the model %s calls none".formatted(model.ref()));
    }
    return out;
  }

  private static ToolChoice choice(Optional<Fields> sent, Fields body) {
    if (sent.isEmpty()) {
      return new ToolChoice.Auto();
    }
    Fields choice = sent.get();
    return switch (choice.requiredWord("type", "auto", "any", "tool", "none")) {
      case "any" -> {
        if (body.list("tools", MAX_TOOLS).isEmpty()) {
          throw choice.invalid("type", "\"any\" needs tools");
        }
        yield new ToolChoice.Required();
      }
      case "none" -> new ToolChoice.None();
      case "tool" -> {
        String name = choice.requiredText("name", 128);
        boolean known =
            body.objects("tools", MAX_TOOLS).stream()
                .anyMatch(tool -> tool.json().path("name").asText().equals(name));
        if (!known) {
          throw choice.invalid("name", "is the name of none of the tools");
        }
        yield new ToolChoice.Named(name);
      }
      default -> new ToolChoice.Auto();
    };
  }

  private static Optional<ObjectNode> schema(Optional<Fields> sent, ModelDescription model) {
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    Fields format = sent.get();
    format.requiredWord("type", "json_schema");
    if (!model.can(Capability.JSON_SCHEMA)) {
      throw format.invalid(
          "type", "the model %s cannot be held to a schema".formatted(model.ref()));
    }
    return Optional.of(format.requiredObject("schema").json());
  }

  private static Sampling sampling(Fields body, Optional<Integer> maxTokens) {
    return new Sampling(
        number(body, "temperature"),
        number(body, "top_p"),
        body.integer("top_k", 1, 1_000_000).map(Long::intValue),
        Optional.empty(),
        maxTokens,
        body.texts("stop_sequences", MAX_STOPS, 1_024));
  }

  private static Optional<Double> number(Fields body, String key) {
    if (!body.has(key)) {
      return Optional.empty();
    }
    double value = body.json().path(key).asDouble(-1);
    if (!body.json().path(key).isNumber() || !(value >= 0 && value <= 1)) {
      throw body.invalid(key, "must be a number from 0 to 1");
    }
    return Optional.of(value);
  }

  /** How much it shall think, and who sees it. */
  record MessageThinking(Optional<Effort> effort, boolean wanted, boolean shown) {
    private static final int LEAST_BUDGET = 1_024;

    static MessageThinking read(
        Optional<Fields> sent,
        Optional<Fields> config,
        Optional<Integer> maxTokens,
        ModelDescription model) {
      Optional<Effort> asked =
          config
              .flatMap(c -> c.word("effort", "low", "medium", "high", "xhigh", "max"))
              .map(
                  word ->
                      switch (word) {
                        case "low" -> Effort.LOW;
                        case "medium" -> Effort.MEDIUM;
                        case "high" -> Effort.HIGH;
                        default -> Effort.MAX;
                      });
      String kind =
          sent.map(t -> t.requiredWord("type", "enabled", "disabled", "adaptive", "between_tools"))
              .orElse("disabled");
      boolean shown =
          sent.flatMap(t -> t.word("display", "summarized", "omitted"))
              .map(word -> word.equals("summarized"))
              .orElse(true);
      boolean can = model.can(Capability.THINKING);
      Optional<Effort> effort =
          switch (kind) {
            case "enabled" -> {
              Fields thinking = sent.orElseThrow();
              if (!can) {
                throw thinking.invalid(
                    "type", "the model %s does not think".formatted(model.ref()));
              }
              yield Optional.of(asked.orElse(budget(thinking, maxTokens)));
            }
            case "adaptive", "between_tools" -> Optional.of(asked.orElse(Effort.HIGH));
            default -> sent.isPresent() ? Optional.of(Effort.NONE) : asked;
          };
      boolean wanted = can && !kind.equals("disabled");
      return new MessageThinking(can ? effort : Optional.empty(), wanted, shown);
    }

    /** Budgets in tokens as words: other models know no finer measure. */
    private static Effort budget(Fields thinking, Optional<Integer> maxTokens) {
      long most = maxTokens.map(max -> max - 1).orElse(MAX_TOKENS);
      if (most < LEAST_BUDGET) {
        throw thinking.invalid("budget_tokens", "max_tokens must be greater than the budget");
      }
      long budget =
          thinking
              .integer("budget_tokens", LEAST_BUDGET, most)
              .orElseThrow(() -> thinking.invalid("budget_tokens", "is required"));
      if (budget < 4_096) {
        return Effort.LOW;
      }
      return budget < 16_384 ? Effort.MEDIUM : budget < 31_000 ? Effort.HIGH : Effort.MAX;
    }
  }
}
