package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.provider.spi.ModelDescription;
import dev.paddock.provider.spi.ModelDescription.Capability;
import java.util.List;

/** What a model reads before the conversation: who it is, where it works and what it may use. */
final class SystemPrompt {
  private SystemPrompt() {}

  static String of(
      AgentDefinition agent,
      List<SessionDocument.Skill> skills,
      List<SessionDocument.MemoryMount> memory,
      Opening opening,
      ModelDescription model) {
    String shown = skills(skills) + memory(memory);
    StringBuilder out = new StringBuilder(agent.instructions().strip());
    if (model.can(Capability.GRAMMAR)) {
      if (!opening.tools().isEmpty()) {
        out.append("\n\nTools:");
      }
      for (ToolDefinition tool : opening.tools()) {
        out.append("\n- ").append(tool.name()).append(": ").append(tool.description().strip());
      }
      out.append(shown);
      return out.toString().strip();
    }
    if (!agent.name().isBlank()) {
      out.append(place(agent));
    }
    out.append(shown);
    if (!model.can(Capability.JSON_SCHEMA)) {
      opening.output().ifPresent(schema -> out.append(outputRule(schema)));
    }
    return out.toString().strip();
  }

  private static String place(AgentDefinition agent) {
    return """


        You are the agent "%s": %s
        Your working directory is /workspace. The files that belong to these instructions lie \
        read-only in /workspace/skills/%s. Write files that are meant for the user to \
        /workspace/outputs."""
        .formatted(agent.name(), agent.description().strip(), agent.name());
  }

  private static String skills(List<SessionDocument.Skill> skills) {
    StringBuilder out = new StringBuilder();
    if (!skills.isEmpty()) {
      out.append("\n\nSkills. When a task fits one, read its file before you begin:");
    }
    for (SessionDocument.Skill skill : skills) {
      out.append("\n- ")
          .append(skill.name())
          .append(" (/workspace/skills/")
          .append(skill.name())
          .append("/SKILL.md): ")
          .append(skill.description().strip());
    }
    return out.toString();
  }

  private static String memory(List<SessionDocument.MemoryMount> stores) {
    StringBuilder out = new StringBuilder();
    if (!stores.isEmpty()) {
      out.append(
          "\n\nMemory. These folders outlive this session: read what fits the task before you begin:");
    }
    for (SessionDocument.MemoryMount store : stores) {
      out.append("\n- ").append(store.name()).append(" (").append(store.path());
      out.append(store.readOnly() ? ", read-only)" : ", keep in it what will be of use later)");
      store.instructions().ifPresent(text -> out.append(": ").append(text.strip()));
    }
    return out.toString();
  }

  private static String outputRule(ObjectNode schema) {
    return "\nYour answer is one JSON value and nothing else. It obeys this JSON Schema:\n"
        + Json.write(schema);
  }
}
