package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.ProcessOutput;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.TerminalSize;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes do that outlive the call that starts them, wherever they run. */
public abstract class ProcessContract {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path folder;

  private SandboxProvider provider;
  private Sandbox sandbox;

  /** A place whose files lie below this folder; closed by the suite. */
  protected abstract SandboxProvider open(Path base);

  @BeforeEach
  void start() throws Exception {
    provider = open(folder.resolve("run"));
    sandbox =
        provider.start(
            SandboxSpec.of(Files.createDirectory(folder.resolve("workspace"))).withBackground());
  }

  @AfterEach
  void stop() {
    if (sandbox != null) { // else the place is not there, and the tests are skipped
      sandbox.close();
    }
    if (provider != null) {
      provider.close();
    }
  }

  /** Whom commands run as. */
  protected String user() {
    return "agent";
  }

  /** Whether each command that is run alone has a network of its own; a container has one. */
  protected boolean commandsHaveNetworks() {
    return true;
  }

  protected final Sandbox sandbox() {
    return sandbox;
  }

  protected static ProcessRequest bash(String script) {
    return ProcessRequest.of("bash", "-c", script);
  }

  protected static ProcessRequest terminal(String script) {
    return bash(script).withTerminal(TerminalSize.USUAL);
  }

  /** Everything until the end. */
  protected static ProcessOutput end(RunningProcess process) throws InterruptedException {
    ProcessOutput output = process.read(SOON);
    assertThat(output.exitCode()).as("ended: %s", output.text()).isPresent();
    return output;
  }

  /** What it wrote until this text was among it. */
  protected static String until(RunningProcess process, String text) throws InterruptedException {
    StringBuilder seen = new StringBuilder();
    for (int i = 0; i < 600 && seen.indexOf(text) < 0; i++) {
      ProcessOutput output = process.read(Duration.ofMillis(50));
      seen.append(output.text());
      assertThat(output.exitCode()).as("ended: %s", seen).isEmpty();
    }
    assertThat(seen).contains(text);
    return seen.toString();
  }

  protected static void type(RunningProcess process, String text) {
    process.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void bothOutputsAreOneAndTheExitCodeIsTold() throws Exception {
    RunningProcess process = sandbox.start(bash("echo out; echo err >&2; echo more; exit 3"));
    ProcessOutput output = end(process);
    assertThat(output.text()).isEqualTo("out\nerr\nmore\n");
    assertThat(output.exitCode()).contains(3);
    assertThat(output.killedBy()).isEmpty();
    assertThat(sandbox.process(process.id())).isEmpty();
  }

  @Test
  void withoutATerminalTheInputIsEmpty() throws Exception {
    RunningProcess process = sandbox.start(bash("cat; test -t 1 || echo no terminal"));
    assertThat(end(process).text()).isEqualTo("no terminal\n");
    assertThat(process.hasTerminal()).isFalse();
    RunningProcess waiting = sandbox.start(bash("sleep 1000"));
    assertThatThrownBy(() -> type(waiting, "x"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
  }

  @Test
  void aProcessIsReadInPartsAndTypedInto() throws Exception {
    RunningProcess process =
        sandbox.start(
            terminal("stty -echo; echo ready; while read line; do echo \"<$line>\"; done"));
    until(process, "ready");
    assertThat(sandbox.process(process.id())).contains(process);
    type(process, "one\n");
    assertThat(until(process, "<one>")).doesNotContain("ready");
    type(process, "two\n");
    until(process, "<two>");
    type(process, "\u0004");
    assertThat(end(process).exitCode()).contains(0);
  }

  @Test
  void theTerminalIsTheProcessesOwnAndControlsIt() throws Exception {
    RunningProcess process =
        sandbox.start(
            terminal(
                "test -t 0 && test -t 1 && echo terminal; stty size; echo to tty >/dev/tty; trap 'echo caught; exit 7' INT; while :; do sleep 0.01; done"));
    assertThat(until(process, "to tty")).contains("terminal\r\n30 120\r\n");
    process.resize(new TerminalSize(77, 11));
    type(process, "\u0003");
    ProcessOutput output = end(process);
    assertThat(output.text()).contains("caught");
    assertThat(output.exitCode()).contains(7);
  }

  @Test
  void aResizedTerminalSaysSo() throws Exception {
    RunningProcess process =
        sandbox.start(terminal("trap 'stty size' WINCH; echo ready; while :; do sleep 0.01; done"));
    until(process, "ready");
    process.resize(new TerminalSize(77, 11));
    until(process, "11 77");
  }

  @Test
  void directoryAndVariablesAreTheRequestedOnes() throws Exception {
    Files.createDirectories(folder.resolve("workspace/a b"));
    RunningProcess process =
        sandbox.start(
            bash("pwd; echo \"$GREETING\"; id -un; echo $HOME")
                .withDirectory("/workspace/a b")
                .withEnvironment(Map.of("GREETING", "hello 'you'")));
    assertThat(end(process).text())
        .isEqualTo("/workspace/a b\nhello 'you'\n%s\n/tmp/home\n".formatted(user()));
    ProcessOutput missing = end(sandbox.start(bash("true").withDirectory("/workspace/none")));
    assertThat(missing.exitCode()).contains(126);
    assertThat(missing.text()).contains("/workspace/none");
    assertThat(end(sandbox.start(ProcessRequest.of("no-such-program"))).exitCode()).contains(127);
  }

  @Test
  void itOutlivesTheCallAndARestartedShell() throws Exception {
    RunningProcess process = sandbox.start(bash("echo started; sleep 1000"));
    until(process, "started");
    assertThat(sandbox.shell(TestingShell.request("echo hello >/workspace/file")).exitCode())
        .isZero();
    sandbox.endShell(ShellRequest.MAIN);
    assertThat(process.read(Duration.ZERO).exitCode()).isEmpty();
    process.kill();
    ProcessOutput output = end(process);
    assertThat(output.killedBy()).contains(KilledBy.INTERRUPT);
  }

  @Test
  void shellAndProcessesShareOneNetworkThatNobodyElseHas() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    String listen =
        "use IO::Socket::INET; $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1',"
            + " LocalPort => 8000, Listen => 5) or die; $| = 1; print \"listening\\n\";"
            + " while ($c = $s->accept) { print $c \"hello\\n\"; close $c }";
    RunningProcess server = sandbox.start(ProcessRequest.of("perl", "-e", listen));
    until(server, "listening");
    String ask = "exec 3<>/dev/tcp/127.0.0.1/8000 && cat <&3";
    assertThat(sandbox.shell(TestingShell.request(ask)).stdoutText()).isEqualTo("hello\n");
    assertThat(end(sandbox.start(bash(ask))).text()).isEqualTo("hello\n");
    if (commandsHaveNetworks()) {
      assertThat(sandbox.exec(ExecRequest.of("bash", "-c", ask)).exitCode())
          .as("a command alone has a network of its own")
          .isNotZero();
    }
    assertThat(new ProcessBuilder("bash", "-c", ask).start().waitFor()).as("the host").isNotZero();
    assertThat(end(sandbox.start(bash("cat /proc/net/route | wc -l"))).text()).isEqualTo("1\n");
  }

  @Test
  void unreadOutputIsBoundedAndSaysWhatIsMissing() throws Exception {
    RunningProcess process =
        sandbox.start(bash("seq 1 100000; echo last").withMaxUnreadBytes(1000));
    ProcessOutput output = end(process);
    assertThat(output.text()).startsWith("1\n2\n").endsWith("last\n").contains("bytes left out");
    assertThat(output.bytes().length).isLessThan(1100);
    assertThat(output.missingBytes()).isGreaterThan(500_000);
  }

  @Test
  void aFloodEndsTheProcess() throws Exception {
    ProcessOutput output = end(sandbox.start(bash("yes")));
    assertThat(output.killedBy()).contains(KilledBy.OUTPUT);
    assertThat(output.text()).endsWith("killed: more than 256 MiB of output\n");
  }

  @Test
  void noCharacterIsCutInTwo() throws Exception {
    RunningProcess process =
        sandbox.start(terminal("stty -echo; printf 'x\\303'; read x; printf '\\244!'; sleep 1000"));
    assertThat(until(process, "x")).isEqualTo("x");
    type(process, "\n");
    assertThat(until(process, "!")).isEqualTo("\u00e4!");
  }
}
