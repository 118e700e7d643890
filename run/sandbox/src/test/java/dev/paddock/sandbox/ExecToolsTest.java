package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Hands.Outcome;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code exec_command} and {@code write_stdin} through hands and journal, in real boxes. */
class ExecToolsTest {
  private static final Pattern SESSION =
      Pattern.compile("Process running with session ID (\\d+)\n");

  private Path folder;
  private LocalSandboxProvider provider;
  private Workspace workspace;
  private LazySandbox sandbox;
  private LocalHands hands;
  private int calls;

  @BeforeEach
  void open() throws Exception {
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "paddock-exec");
    provider = new LocalSandboxProvider(folder.resolve("run"));
    assumeTrue(provider.readiness().ready(), "commands cannot be confined here");
    Path files = Files.createDirectory(folder.resolve("workspace"));
    workspace = Workspace.open(files, List.of());
    start(files);
  }

  private void start(Path files) {
    sandbox = new LazySandbox(() -> provider.start(SandboxSpec.of(files)));
    hands =
        new LocalHands(
            SandboxTools.named(workspace, sandbox, () -> true),
            FileJournal.open(folder.resolve("calls.journal"), new TestingBlobs()),
            sandbox);
  }

  @AfterEach
  void close() throws Exception {
    if (hands != null) {
      hands.close();
      workspace.close();
    }
    provider.close();
    WorkspaceRemoval.remove(folder);
  }

  private ToolInvocation invocation(ObjectNode input) {
    calls++;
    return new ToolInvocation(
        new SessionId("sesn_1"),
        new EventId("sevt_" + calls),
        input,
        Duration.ofSeconds(120),
        ToolInvocation.Progress.NONE);
  }

  private ToolResult exec(ObjectNode input) throws InterruptedException {
    return ((Outcome.Done) hands.call(invocation(input), "exec_command")).result();
  }

  private ToolResult write(ObjectNode input) throws InterruptedException {
    return ((Outcome.Done) hands.call(invocation(input), "write_stdin")).result();
  }

  private static ObjectNode cmd(String command) {
    return Json.object().put("cmd", command).put("yield_time_ms", 30_000);
  }

  private static ObjectNode session(int id) {
    return Json.object().put("session_id", id);
  }

  private static String text(ToolResult result) {
    return ContentBlock.textOf(result.content());
  }

  private static int id(ToolResult result) {
    Matcher matcher = SESSION.matcher(text(result));
    assertThat(matcher.find()).as(text(result)).isTrue();
    return Integer.parseInt(matcher.group(1));
  }

  /** Asks until the text was written. */
  private String until(int id, String wanted) throws InterruptedException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(wanted) < 0) {
      ToolResult result = write(session(id));
      assertThat(text(result)).contains("session ID");
      seen.append(text(result));
    }
    return seen.toString();
  }

  @Test
  void aCommandThatEndsTellsItsExitCode() throws Exception {
    ToolResult result = exec(cmd("echo hello; echo oops >&2; pwd"));
    assertThat(text(result))
        .matches(
            """
            Chunk ID: [0-9a-f]{6}
            Wall time: \\d+\\.\\d{4} seconds
            Process exited with code 0
            Output:
            hello
            oops
            /workspace
            """);
    assertThat(result.isError()).isFalse();
    ToolResult failed = exec(cmd("exit 3"));
    assertThat(text(failed)).contains("Process exited with code 3\nOutput:\n");
    assertThat(failed.isError()).isTrue();
  }

  @Test
  void directoryShellAndLogin() throws Exception {
    Files.createDirectories(folder.resolve("workspace/sub"));
    assertThat(text(exec(cmd("pwd").put("workdir", "sub")))).endsWith("/workspace/sub\n");
    assertThat(text(exec(cmd("pwd").put("workdir", "/tmp")))).endsWith("/tmp\n");
    assertThat(text(exec(cmd("echo $0").put("shell", "sh").put("login", false))))
        .endsWith("Output:\nsh\n");
    assertThat(text(exec(cmd("shopt -q login_shell && echo login")))).endsWith("login\n");
    assertThat(text(exec(cmd("true").put("shell", "fish")))).contains("exited with code 127");
    assertThat(text(exec(cmd("true").put("workdir", "..")))).contains("exited with code 0");
    assertThat(text(exec(cmd("true").put("workdir", "../..")))).contains("outside the workspace");
  }

  @Test
  void aProcessGoesOnInTheBackgroundAndIsAskedAgain() throws Exception {
    ToolResult first =
        exec(
            cmd("echo one; until test -e go; do sleep 0.02; done; echo two; exit 4")
                .put("yield_time_ms", 0));
    int id = id(first);
    assertThat(first.isError()).isFalse();
    workspace.write("go", new byte[0]);
    StringBuilder seen = new StringBuilder(text(first));
    while (seen.indexOf("exited") < 0) {
      seen.append(text(write(session(id))));
    }
    assertThat(seen.toString()).containsSubsequence("one\n", "Process exited with code 4", "two\n");
    ToolResult gone = write(session(id));
    assertThat(gone.isError()).isTrue();
    assertThat(text(gone)).contains("no process has the session ID " + id);
  }

  @Test
  void aTerminalIsTypedIntoAndInterrupted() throws Exception {
    ToolResult first =
        exec(
            cmd("stty -echo; echo ready; while read x; do echo \"<$x>\"; done")
                .put("tty", true)
                .put("yield_time_ms", 250));
    int id = id(first);
    if (!text(first).contains("ready")) {
      until(id, "ready\n");
    }
    String answer = text(write(session(id).put("chars", "you\n").put("yield_time_ms", 250)));
    if (!answer.contains("<you>")) {
      answer = until(id, "<you>");
    }
    assertThat(answer).contains("<you>\n").doesNotContain("\r");
    ToolResult end = write(session(id).put("chars", "\u0003").put("yield_time_ms", 30_000));
    assertThat(text(end)).contains("Process exited with code 130");
  }

  @Test
  void whoTypesIntoAProcessThatHasEndedIsToldItsEnd() throws Exception {
    int id = id(exec(cmd("echo bye; sleep 0.5; exit 9").put("tty", true).put("yield_time_ms", 0)));
    BoxedProcess process = (BoxedProcess) sandbox.get().process(id).orElseThrow();
    while (!process.ended()) {
      Thread.onSpinWait();
    }
    assertThat(text(write(session(id).put("chars", "x\n")))).contains("exited with code 9");
  }

  @Test
  void withoutATerminalOnlyControlCIsTaken() throws Exception {
    int id = id(exec(cmd("sleep 1000").put("yield_time_ms", 0)));
    ToolResult refused = write(session(id).put("chars", "x"));
    assertThat(refused.isError()).isTrue();
    assertThat(text(refused)).contains("has no terminal to type into; start it with \"tty\": true");
    ToolResult end = write(session(id).put("chars", "\u0003").put("yield_time_ms", 30_000));
    assertThat(text(end)).contains("Process exited with code 137").contains("killed");
  }

  @Test
  void muchOutputLosesItsMiddle() throws Exception {
    String reply = text(exec(cmd("seq 1 100000").put("max_output_tokens", 100)));
    assertThat(reply)
        .contains("Original token count: 147224\nOutput:\nTotal output lines: 100000\n\n1\n2\n")
        .containsPattern("…1471\\d\\d tokens truncated…")
        .endsWith("100000\n");
    assertThat(reply.length()).isLessThan(600);
    String flood = text(exec(cmd("head -c 5000000 /dev/zero | tr '\\0' x")));
    assertThat(flood).containsPattern("Original token count: 12500\\d\\d\n").contains("xxx");
    assertThat(flood.length()).isLessThan(41_000);
  }

  @Test
  void coloursAndCursorMovesAreLeftOut() throws Exception {
    String script = "printf '\\033[31mred\\033[0m \\033]0;title\\007\\033(Bplain\\n'";
    assertThat(text(exec(cmd(script).put("tty", true)))).endsWith("Output:\nred plain\n");
  }

  @Test
  void wrongInputsAreTold() throws Exception {
    assertThat(text(exec(Json.object()))).contains("\"cmd\" is missing");
    assertThat(text(exec(cmd("a\0b")))).contains("zero character");
    assertThat(text(exec(cmd("x".repeat(100_001))))).contains("write it to a file");
    assertThat(text(exec(cmd("\u20ac".repeat(50_000))))).contains("write it to a file");
    assertThat(text(exec(cmd("true").put("shell", "x".repeat(200_000))))).contains("write it");
    assertThat(text(exec(cmd(": " + "x".repeat(99_990))))).contains("exited with code 0");
    assertThat(text(write(Json.object()))).contains("\"session_id\" is missing");
    assertThat(text(write(session(5)))).contains("no process has the session ID 5");
    assertThat(text(write(Json.object().put("session_id", 1L << 40)))).contains("no process has");
    assertThat(text(exec(cmd("true").put("yield_time_ms", -1)))).contains("must be from 0");
  }

  @Test
  void anInterruptedCallEndsItsProcess() throws Exception {
    FutureTask<Object> call =
        new FutureTask<>(() -> exec(cmd("echo $$ >started; exec sleep 76543")));
    Thread thread = Thread.ofPlatform().start(call);
    while (TestingProcesses.running("sleep", "76543").isEmpty()) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    assertThatThrownBy(call::get).hasCauseInstanceOf(InterruptedException.class);
    assertThat(TestingProcesses.running("sleep", "76543")).isEmpty();
  }

  @Test
  void afterACrashAnswersStayCallsAreInterruptedAndProcessesAreGone() throws Exception {
    ToolInvocation call = invocation(cmd("sleep 1000").put("yield_time_ms", 0));
    int id = id(((Outcome.Done) hands.call(call, "exec_command")).result());
    Outcome recorded = hands.recover(call, "exec_command");
    hands.close();
    ToolInvocation cut = invocation(cmd("touch never"));
    try (FileJournal journal =
        FileJournal.open(folder.resolve("calls.journal"), new TestingBlobs())) {
      journal.begin(cut.callId());
    }
    start(folder.resolve("workspace"));
    assertThat(hands.recover(call, "exec_command")).isEqualTo(recorded);
    assertThat(hands.call(cut, "exec_command")).isEqualTo(new Outcome.Interrupted());
    assertThat(folder.resolve("workspace/never")).doesNotExist();
    ToolResult lost = write(session(id));
    assertThat(lost.isError()).isTrue();
    assertThat(text(lost)).contains("the sandbox was started anew, with which every process ends");
  }

  @Test
  void aThousandSessionsLeaveNothing() throws Exception {
    int count = Boolean.getBoolean("paddock.soak") ? 1000 : 70;
    for (int i = 0; i < count; i++) {
      assertThat(text(exec(cmd("echo " + i).put("login", false)))).endsWith("Output:\n" + i + "\n");
    }
    try (var files = Files.walk(folder.resolve("run"))) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("status-")))
          .isEmpty();
    }
  }
}
