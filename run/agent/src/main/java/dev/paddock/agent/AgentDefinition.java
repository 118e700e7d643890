package dev.paddock.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.Effort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an agent is: its instructions and what it may do. It is stored with a session as a JSON
 * document, so that the session goes on the same way when the folder has changed or is gone.
 *
 * @param name empty for one that has no folder; then the instructions are all that the model reads
 * @param instructions the text of {@code SKILL.md} below its front matter
 * @param model a model reference; empty leaves the choice to the place
 * @param tools empty opens every tool that the place has
 * @param steps what must happen in which order before the answer
 * @param output a JSON Schema for the answer
 * @param judge the model that judges calls, outcomes and guardrails; empty for the agent's own
 * @param compactAt the part of the context at which the conversation is summed up
 */
public record AgentDefinition(
    String name,
    String description,
    String instructions,
    Optional<String> model,
    Optional<Effort> effort,
    Optional<List<ToolRule>> tools,
    List<StepRule> steps,
    Optional<ObjectNode> output,
    EnvironmentRule environment,
    Budget budget,
    Optional<String> judge,
    Fallback fallback,
    Optional<Double> compactAt,
    Guardrail.Rules guardrails) {
  private static final int VERSION = 1;

  /** What documents of earlier releases lack. */
  private static final Map<String, Object> ADDED =
      Map.of("fallback", Fallback.NONE, "guardrails", Guardrail.Rules.NONE);

  public AgentDefinition(
      String name,
      String description,
      String instructions,
      Optional<String> model,
      Optional<Effort> effort,
      Optional<List<ToolRule>> tools,
      List<StepRule> steps,
      Optional<ObjectNode> output,
      EnvironmentRule environment,
      Budget budget) {
    this(
        name,
        description,
        instructions,
        model,
        effort,
        tools,
        steps,
        output,
        environment,
        budget,
        Optional.empty(),
        Fallback.NONE,
        Optional.empty(),
        Guardrail.Rules.NONE);
  }

  /** An agent that may do anything that the place offers. */
  public static AgentDefinition of(String name, String description, String instructions) {
    return new AgentDefinition(
        name,
        description,
        instructions,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        EnvironmentRule.NONE,
        Budget.NONE);
  }

  /** The JSON form, with its {@code version}. */
  public ObjectNode toDocument() {
    ObjectNode document = Json.object().put("version", VERSION);
    document.setAll((ObjectNode) Json.tree(this));
    return document;
  }

  /** Reads {@link #toDocument()}; {@code NEWER_VERSION} when a later release wrote it. */
  public static AgentDefinition fromDocument(JsonNode document) {
    int version = document.path("version").asInt(0);
    if (version < 1 || version > VERSION) {
      throw new AgentException(
          version < 1 ? ErrorCode.INVALID_REQUEST : ErrorCode.NEWER_VERSION,
          "an agent of version %d; this release reads version %d, use a newer one"
              .formatted(version, VERSION));
    }
    ObjectNode whole = document.deepCopy();
    ADDED.forEach(
        (key, usual) -> {
          if (!whole.hasNonNull(key)) {
            whole.set(key, Json.tree(usual));
          }
        });
    return Json.convert(whole, AgentDefinition.class);
  }

  /**
   * The first message of a session. Without a prompt the skill's own text is the task, and the
   * message only says so.
   */
  public static SessionEvent.UserMessage task(Optional<String> prompt) {
    return new SessionEvent.UserMessage(
        EventId.next(), List.of(ContentBlock.text(prompt.orElse("Do the task."))));
  }

  /**
   * What this agent names and the place lacks, a line each: tools, and arguments of tools. A tool
   * that is lacking is not offered to the model.
   */
  public List<String> misfits(List<ToolDefinition> available) {
    List<String> lines = new ArrayList<>();
    for (ToolRule rule : tools.orElse(List.of())) {
      Optional<ToolDefinition> tool =
          available.stream().filter(one -> one.name().equals(rule.name())).findFirst();
      if (tool.isEmpty()) {
        lines.add("there is no tool \"%s\" here".formatted(rule.name()));
        continue;
      }
      JsonNode properties = tool.get().inputSchema().path("properties");
      for (String argument : rule.arguments().keySet()) {
        if (!properties.has(argument)) {
          lines.add("the tool \"%s\" has no argument \"%s\"".formatted(rule.name(), argument));
        }
      }
    }
    return lines;
  }

  /** The rule of a tool, if this agent names it. */
  public Optional<ToolRule> rule(String tool) {
    return tools.orElse(List.of()).stream().filter(rule -> rule.name().equals(tool)).findFirst();
  }

  /** This agent with another model. */
  public AgentDefinition withModel(String ref) {
    return new AgentDefinition(
        name,
        description,
        instructions,
        Optional.of(ref),
        effort,
        tools,
        steps,
        output,
        environment,
        budget,
        judge,
        fallback,
        compactAt,
        guardrails);
  }
}
