package dev.paddock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.AgentFolder;
import dev.paddock.agent.Budget;
import dev.paddock.agent.EnvironmentRule;
import dev.paddock.agent.Fallback;
import dev.paddock.agent.Guardrail;
import dev.paddock.agent.ToolRule;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.node.NodeException;
import dev.paddock.provider.spi.Effort;
import dev.paddock.server.LocalApi.FormFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An agent's folder as the API takes it: its files as a skill, and an agent with the skill's text
 * that uses it. What {@code agent.yaml} narrows and the API has no word for is refused, not lost.
 */
final class AgentUpload {
  private static final int MAX_FILES = 1_000;
  private static final long MAX_BYTES = 30L << 20;
  private static final String USUAL_TOOLS = "agent_toolset_20260401";

  private final Path folder;
  private final AgentDefinition agent;

  private AgentUpload(Path folder, AgentDefinition agent) {
    this.folder = folder;
    this.agent = agent;
  }

  static AgentUpload read(Path folder) {
    AgentDefinition agent = AgentFolder.read(folder);
    List<String> lost = lost(agent);
    if (!lost.isEmpty()) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST,
          "%s: the API has no word for %s of agent.yaml, without which the agent could do more than it should; take them out, or use: paddock run %s"
              .formatted(folder, String.join(", ", lost), folder));
    }
    return new AgentUpload(folder, agent);
  }

  private static List<String> lost(AgentDefinition agent) {
    Map<String, Boolean> used =
        Map.of(
            "steps", !agent.steps().isEmpty(),
            "output", agent.output().isPresent(),
            "judge", agent.judge().isPresent(),
            "fallback", !agent.fallback().equals(Fallback.NONE),
            "compact_at", agent.compactAt().isPresent(),
            "guardrails", !agent.guardrails().equals(Guardrail.Rules.NONE),
            "effort: none", agent.effort().filter(Effort.NONE::equals).isPresent(),
            "arguments of tools",
                agent.tools().orElse(List.of()).stream()
                    .anyMatch(tool -> !tool.arguments().isEmpty()));
    return used.entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** What belongs elsewhere in the API, a sentence each. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!agent.environment().equals(EnvironmentRule.NONE)) {
      notes.add(
          "environment of agent.yaml is not the agent's here: sessions name an environment (paddock environments create)");
    }
    if (!agent.budget().equals(Budget.NONE)) {
      notes.add("budget of agent.yaml is not the agent's here: a session is created with a budget");
    }
    if (AgentFolder.manifest(folder).isPresent()) {
      notes.add(
          "manifest of agent.yaml is not the agent's here: an environment has one (config.manifest)");
    }
    return notes;
  }

  /**
   * Makes the skill and then the agent; a skill without its agent is taken back.
   *
   * @param model instead of the agent's own
   * @param usual for an agent that names none
   */
  JsonNode send(Api api, Optional<String> model, String usual) throws InterruptedException {
    String skill = api.upload("/v1/skills", files()).path("id").asText();
    try {
      return api.post("/v1/agents", body(skill, model.or(agent::model).orElse(usual)));
    } catch (PaddockException e) {
      try {
        api.delete("/v1/skills/" + skill);
      } catch (PaddockException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }

  private ObjectNode body(String skill, String model) {
    ObjectNode body = Json.object().put("name", agent.name());
    body.put("description", agent.description());
    ObjectNode used = body.putObject("model").put("id", model);
    agent.effort().ifPresent(e -> used.put("effort", e.name().toLowerCase(Locale.ROOT)));
    if (!agent.instructions().isBlank()) {
      body.put("system", agent.instructions());
    }
    ArrayNode tools = body.putArray("tools");
    if (agent.tools().isEmpty()) {
      tools.addObject().put("type", USUAL_TOOLS);
    } else {
      ArrayNode named = tools.addObject().put("type", "paddock_toolset").putArray("tools");
      for (ToolRule rule : agent.tools().get()) {
        ObjectNode tool = named.addObject().put("name", rule.name());
        tool.putObject("permission_policy").set("type", Json.tree(rule.policy()));
      }
    }
    body.putArray("skills").addObject().put("type", "custom").put("skill_id", skill);
    return body;
  }

  private List<FormFile> files() {
    List<FormFile> files = new ArrayList<>();
    try {
      Files.walkFileTree(folder.toRealPath(), new Collector(files));
    } catch (IOException e) {
      throw new NodeException(
          ErrorCode.INVALID_REQUEST, "cannot read %s: %s".formatted(folder, e), e);
    }
    return files;
  }

  private final class Collector extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<FormFile> files;
    private long bytes;

    Collector(List<FormFile> files) throws IOException {
      this.root = folder.toRealPath();
      this.files = files;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      String path = root.relativize(file).toString();
      if (!attributes.isRegularFile()) {
        throw refused("%s is a link or a special file; replace it by a file".formatted(path));
      }
      bytes += attributes.size();
      if (bytes > MAX_BYTES || files.size() == MAX_FILES) {
        throw refused(
            "%s is larger than a skill may be: %,d files, %,d bytes"
                .formatted(folder, MAX_FILES, MAX_BYTES));
      }
      files.add(new FormFile(agent.name() + "/" + path, Files.readAllBytes(file)));
      return FileVisitResult.CONTINUE;
    }
  }

  private static NodeException refused(String message) {
    return new NodeException(ErrorCode.INVALID_REQUEST, message);
  }
}
