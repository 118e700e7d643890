package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.agent.AgentDefinition;
import dev.paddock.agent.AgentFolder;
import dev.paddock.core.EventId;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.SessionState;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.NewEvent;
import dev.paddock.core.spi.NewSession;
import dev.paddock.core.spi.ResourceFilter;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.sandbox.SandboxTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionLoopTest {
  @TempDir private Path folder;
  private Node node;
  private SessionLoop loop;

  @BeforeEach
  void open() {
    node =
        Node.open(
            Map.of(
                "PADDOCK_HOME", folder.resolve("home").toString(), "OLLAMA_HOST", "127.0.0.1:1"));
    loop = node.loop();
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** A session with a file in its outputs. */
  private SessionId session(SessionEvent.Inbound first) throws IOException {
    SessionId id = SessionId.next();
    node.store()
        .sessions()
        .create(
            new NewSession(
                id,
                WorkspaceId.DEFAULT,
                TestingAgent.document(folder),
                List.of(NewEvent.from(Principal.localUser(), first))));
    put(id, "a.txt");
    return id;
  }

  private void put(SessionId id, String file) throws IOException {
    Path outputs = node.home().session(id).resolve("workspace/outputs");
    Files.createDirectories(outputs);
    Files.writeString(outputs.resolve(file), "text");
  }

  private List<String> files() {
    return node.store().resources().list(ResourceFilter.newest(SessionOutputs.KIND, 9)).stream()
        .map(file -> file.document().path("path").asText())
        .toList();
  }

  @Test
  void outputsAreThereWhenASessionGoesIdleAndAreCollectedOnce()
      throws IOException, InterruptedException {
    SessionId id = session(AgentDefinition.task(Optional.of("Begin.")));
    SessionState rested = loop.wake(id).orElseThrow();
    assertThat(files()).containsExactly("a.txt");
    put(id, "b.txt");
    loop.rested(id, rested);
    assertThat(files()).as("nothing ran since").containsExactly("a.txt");
    loop.rested(id, loop.wake(id).orElseThrow());
    assertThat(files()).as("woken again").containsExactlyInAnyOrder("a.txt", "b.txt");
  }

  @Test
  void anInterruptWaitsForNoOutputsWhichAreCollectedAfterwards()
      throws IOException, InterruptedException {
    SessionId id = session(new SessionEvent.UserInterrupt(EventId.next()));
    SessionState rested = loop.wake(id).orElseThrow();
    assertThat(files()).isEmpty();
    loop.rested(id, rested);
    assertThat(files()).containsExactly("a.txt");
  }

  /** The names of the tools that are there for an agent with this {@code agent.yaml}. */
  private List<String> tools(String yaml) throws IOException {
    Path helper = folder.resolve("helper");
    SessionId id = session(AgentDefinition.task(Optional.of("Begin.")));
    Files.writeString(helper.resolve("agent.yaml"), "model: ollama/x\n" + yaml);
    return loop
        .definitions(node.store().sessions().find(id).orElseThrow(), AgentFolder.read(helper))
        .stream()
        .map(ToolDefinition::name)
        .toList();
  }

  @Test
  void toolsThatModelsKnowAreThereForAgentsThatNameThem() throws IOException {
    assertThat(tools("")).contains("bash", "read").doesNotContainAnyElementsOf(SandboxTools.NAMED);
    assertThat(tools("tools: [read]\n")).doesNotContainAnyElementsOf(SandboxTools.NAMED);
    assertThat(tools("tools: [apply_patch, exec_command, write_stdin, view_image, expose_port]\n"))
        .containsAll(SandboxTools.NAMED);
    String bounded = "tools:\n  exec_command:\n    arguments: {tty: false, cmd: {const: make}}\n";
    assertThat(tools(bounded)).contains("exec_command").doesNotContain("write_stdin");
  }
}
