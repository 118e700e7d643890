package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.AgentFolder;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An agent that reads, whose model there is not. */
final class TestingAgent {
  private TestingAgent() {}

  /** The document of a session of it; its folder is made in {@code folder} where it is missing. */
  static ObjectNode document(Path folder) throws IOException {
    Path agent = Files.createDirectories(folder.resolve("helper"));
    Files.writeString(
        agent.resolve("SKILL.md"), "---\nname: helper\ndescription: Helps.\n---\nHelp.\n");
    Files.writeString(agent.resolve("agent.yaml"), "model: nowhere/x\ntools: [read]\n");
    return SessionDocument.of(AgentFolder.read(agent)).into(Json.object());
  }
}
