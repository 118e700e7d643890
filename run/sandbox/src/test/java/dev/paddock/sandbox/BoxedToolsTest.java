package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.ReadOnlyMount;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tools, hands and a real box together: both sides see one workspace. */
class BoxedToolsTest {
  @TempDir Path temp;
  private Path folder;
  private LocalSandboxProvider provider;
  private Workspace workspace;
  private LazySandbox sandbox;
  private LocalHands hands;
  private int calls;

  @BeforeEach
  void open() throws Exception {
    provider = new LocalSandboxProvider(temp.resolve("run"));
    assumeTrue(provider.readiness().ready(), "commands cannot be confined here");
    folder = Files.createDirectories(temp.resolve("workspace"));
    Path skill = Files.createDirectories(temp.resolve("pdf"));
    Files.writeString(skill.resolve("SKILL.md"), "how to\n");
    List<ReadOnlyMount> mounts = List.of(new ReadOnlyMount(skill, "/workspace/skills/pdf"));
    workspace = Workspace.open(folder, mounts);
    sandbox = new LazySandbox(() -> provider.start(SandboxSpec.of(folder).withMounts(mounts)));
    hands =
        new LocalHands(
            SandboxTools.all(workspace, sandbox, ShellRequest.MAIN),
            FileJournal.open(temp.resolve("calls.journal"), new TestingBlobs()),
            sandbox);
  }

  @AfterEach
  void close() {
    if (hands != null) {
      hands.close();
      workspace.close();
    }
    provider.close();
  }

  private ToolInvocation invocation(ObjectNode input) {
    return new ToolInvocation(
        new SessionId("sesn_1"),
        new EventId("sevt_" + ++calls),
        input,
        Duration.ofSeconds(60),
        ToolInvocation.Progress.NONE);
  }

  private ToolResult call(String tool, String... fields) throws InterruptedException {
    ObjectNode input = Json.object();
    for (int i = 0; i < fields.length; i += 2) {
      input.put(fields[i], fields[i + 1]);
    }
    return ((Outcome.Done) hands.call(invocation(input), tool)).result();
  }

  private static String text(ToolResult result) {
    return ContentBlock.textOf(result.content());
  }

  @Test
  void bothSidesSeeOneWorkspace() throws Exception {
    call("write", "file_path", "a/in.txt", "content", "from outside\n");
    assertThat(sandbox.running()).as("a file tool needs no box").isEmpty();
    assertThat(call("bash", "command", "cat a/in.txt; echo from inside > out.txt; cd a"))
        .isEqualTo(ToolResult.ok("from outside"));
    assertThat(call("read", "file_path", "/workspace/out.txt"))
        .isEqualTo(ToolResult.ok("from inside\n"));
    assertThat(call("bash", "command", "echo more >> in.txt; false; pwd; exit 3").isError())
        .isTrue();
    assertThat(call("grep", "pattern", "^more", "path", "a"))
        .isEqualTo(ToolResult.ok("a/in.txt:2:more"));
  }

  @Test
  void skillsAreReadOnBothSidesAndAreNoOutput() throws Exception {
    WorkspaceTransfer transfer = new WorkspaceTransfer(workspace, TransferLimits.DEFAULT);
    assertThat(call("bash", "command", "cat skills/pdf/SKILL.md"))
        .isEqualTo(ToolResult.ok("how to"));
    assertThat(call("read", "file_path", "skills/pdf/SKILL.md"))
        .isEqualTo(ToolResult.ok("how to\n"));
    assertThat(call("bash", "command", "echo x > skills/pdf/new").isError()).isTrue();
    assertThat(call("write", "file_path", "skills/pdf/new", "content", "x").isError()).isTrue();
    call("bash", "command", "mkdir outputs; echo x > outputs/y");
    Path out = temp.resolve("out");
    transfer.copyOut(transfer.changesSince(Manifest.EMPTY), out, Optional.empty());
    assertThat(out.toFile().list()).containsExactly("y");
  }

  @Test
  void whatTheBoxPlantsLeadsNoToolOut() throws Exception {
    Path secret = Files.writeString(temp.resolve("secret"), "canary");
    call(
        "bash",
        "command",
        "ln -s "
            + secret
            + " absolute; ln -s ../secret relative; ln -s .. up; mkfifo pipe; ln -s /workspace/f own; echo f > f");
    for (String path : List.of("absolute", "relative", "up/secret", "pipe")) {
      assertThat(text(call("read", "file_path", path))).doesNotContain("canary").isNotEmpty();
      assertThat(call("write", "file_path", path, "content", "x").isError()).isTrue();
    }
    assertThat(text(call("grep", "pattern", "canary"))).isEqualTo("no matches");
    assertThat(call("read", "file_path", "own")).isEqualTo(ToolResult.ok("f\n"));
    assertThat(secret).hasContent("canary");
  }

  @Test
  void anInterruptedCommandIsKilledAndTheSessionGoesOn() throws Exception {
    ObjectNode input =
        Json.object()
            .put("command", "echo $$ > started; while :; do echo x >> ticks; sleep 0.05; done");
    ToolInvocation endless = invocation(input);
    FutureTask<Outcome> running = new FutureTask<>(() -> hands.call(endless, "bash"));
    Thread thread = Thread.ofVirtual().start(running);
    while (!Files.exists(folder.resolve("ticks"))) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(running.state()).isEqualTo(FutureTask.State.FAILED);
    assertThat(running.exceptionNow()).isInstanceOf(InterruptedException.class);
    assertThat(hands.recover(endless, "bash")).isEqualTo(new Outcome.Interrupted());
    Files.delete(folder.resolve("ticks"));
    assertThat(call("bash", "command", "sleep 0.3; ls; jobs"))
        .isEqualTo(ToolResult.ok("skills\nstarted"));
  }

  @Test
  void aCommandBeyondItsTimeEndsWithWhatItSaid() throws Exception {
    ObjectNode input =
        Json.object().put("command", "echo begun; sleep 1000").put("timeout_ms", 500);
    ToolResult result = ((Outcome.Done) hands.call(invocation(input), "bash")).result();
    assertThat(result.isError()).isTrue();
    assertThat(text(result)).startsWith("begun\n[stderr]\n").contains("[exit code");
    assertThat(call("bash", "command", "pwd")).isEqualTo(ToolResult.ok("/workspace"));
  }
}
