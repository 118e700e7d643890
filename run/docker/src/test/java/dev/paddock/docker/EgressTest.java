package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.TestingFiles;
import dev.paddock.sandbox.TestingProcesses;
import dev.paddock.sandbox.TestingProxy;
import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from a container to its proxy, with nothing added to the image. */
final class EgressTest {
  private static final String ASK =
      """
      exec 9<>/dev/tcp/127.0.0.1/3128 || exit 3
      printf 'GET http://allowed.test/ HTTP/1.1\\r\\n\\r\\n' >&9
      tail -n 1 <&9
      """;

  @TempDir Path folder;
  private DockerSandboxProvider provider;
  private TestingProxy proxy;
  private Path workspace;

  @BeforeEach
  void open() throws Exception {
    provider = TestingEngines.provider(folder.resolve("run"));
    assumeTrue(NetworkBridge.missing().isEmpty(), () -> NetworkBridge.missing().toString());
    proxy = new TestingProxy(Files.createDirectory(folder.resolve("proxy; odd name")));
    workspace = Files.createDirectory(folder.resolve("workspace"));
  }

  @AfterEach
  void close() throws Exception {
    if (proxy != null) {
      proxy.close();
    }
    if (provider != null) {
      provider.close();
    }
  }

  private Sandbox sandbox() {
    return provider.start(SandboxSpec.of(workspace).withEgress(proxy.egress()));
  }

  private static ExecResult bash(Sandbox sandbox, String script) throws InterruptedException {
    return sandbox.exec(ExecRequest.of("bash", "-c", script));
  }

  @Test
  void commandsAndTheShellReachTheProxy() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(bash(sandbox, ASK).stdoutText()).isEqualTo("hello\n");
      assertThat(sandbox.shell(ShellRequest.of("(" + ASK + ")")).stdoutText()).isEqualTo("hello\n");
      assertThat(sandbox.report().isolation())
          .contains("in the network a port that leads to this sandbox's egress proxy");
    }
    assertThat(proxy.asked()).isEqualTo(2);
  }

  @Test
  void programsFindTheProxyAndItsCertificates() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(
              bash(sandbox, "env; cat \"$SSL_CERT_FILE\" \"$NODE_EXTRA_CA_CERTS\"; ls -A /paddock")
                  .stdoutText())
          .contains("https_proxy=http://127.0.0.1:3128\n", "bundle.pem", "ca.pem", "trust.p12")
          .doesNotContain(proxy.egress().socket().toString());
      assertThat(bash(sandbox, ": > /paddock/ca.pem").exitCode()).isNotZero();
    }
  }

  @Test
  void attack17_connectsToTheProxysOwnSocketOrSeesTheBridge() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      assertThat(bash(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '").stdoutText())
          .doesNotContain("socat");
      assertThat(bash(sandbox, "cat /proc/net/unix").stdoutText())
          .doesNotContain(proxy.egress().socket().getFileName().toString());
      assertThat(bash(sandbox, "ls " + proxy.egress().socket().getParent()).exitCode()).isNotZero();
    }
  }

  @Test
  void attack24_leavesTheBridgeBehind() throws Exception {
    Sandbox sandbox = sandbox();
    bash(sandbox, ASK);
    assertThat(bridges()).isEqualTo(1);
    sandbox.close();
    assertThat(bridges()).isZero();
  }

  private int bridges() {
    return TestingProcesses.inDirectory(proxy.egress().socket().resolveSibling("")).stream()
        .filter(process -> process.info().command().orElse("").endsWith("socat"))
        .toList()
        .size();
  }

  @Test
  void attack28_connectsToTheBridgeOfAnotherSandbox() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (Sandbox open = sandbox();
        Sandbox closed = provider.start(SandboxSpec.of(other))) {
      assertThat(bash(closed, ASK).exitCode()).isEqualTo(3);
      assertThat(proxy.asked()).isZero();
      assertThat(bash(open, ASK).stdoutText()).isEqualTo("hello\n");
    }
  }

  @Test
  void attack45_goesOutWhenTheProxyIsDead() throws Exception {
    try (Sandbox sandbox = sandbox()) {
      proxy.close();
      assertThat(bash(sandbox, ASK).stdoutText()).isEmpty();
      assertThat(
              bash(sandbox, "tail -n +2 /proc/net/route; cat /proc/net/dev").stdoutText().lines())
          .hasSize(3);
    }
  }

  @Test
  void theBridgeIsThereAgainWhenTheContainerHadToBeStartedAnew() throws Exception {
    try (Sandbox sandbox =
        provider.start(
            SandboxSpec.of(workspace)
                .withEgress(proxy.egress())
                .withLimits(Limits.DEFAULT.withMemoryBytes(64 << 20)))) {
      bash(sandbox, "echo > here");
      try (Engine engine = Engine.connect(TestingEngines.assumeEngine(), folder)) {
        String run = folder.resolve("run").toFile().list()[0];
        engine.kill(engine.labelled(ContainerPlan.RUN_LABEL, run).getFirst());
      }
      assertThat(TestingFiles.becomes(() -> answers(sandbox))).isTrue();
    }
  }

  private static boolean answers(Sandbox sandbox) {
    try {
      return bash(sandbox, ASK).stdoutText().equals("hello\n");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSocketWithAnUnsafeNameIsRefused() {
    EgressSocket unsafe = new EgressSocket(folder.resolve("a,b:c"), proxy.egress().certificates());
    assertThatThrownBy(() -> provider.start(SandboxSpec.of(workspace).withEgress(unsafe)))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
  }
}
