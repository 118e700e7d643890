package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.PortConnection;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.RunningProcess;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How what listens in a sandbox is reached from outside, wherever it runs. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class PortContract {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** Says HELLO, then hands back what it gets, and says how much that was. */
  private static final String ECHO =
      """
      use IO::Socket::IP;
      $SIG{CHLD} = 'IGNORE';
      my $s = IO::Socket::IP->new(LocalHost => $ARGV[0], LocalPort => $ARGV[1], Listen => 99,
          ReuseAddr => 1, V6Only => 0) or die "$@";
      while (1) {
        my $c = $s->accept or next;
        next if fork;
        close $s;
        my $sum = 0;
        syswrite $c, "HELLO\\n";
        while (my $n = sysread $c, my $b, 65536) {
          $sum += $n;
          for (my $o = 0; $o < $n;) { $o += syswrite $c, $b, $n - $o, $o }
        }
        syswrite $c, "\\nGOT $sum\\n";
        exit;
      }
      """;

  @TempDir Path folder;

  private SandboxProvider provider;
  private Sandbox sandbox;

  /** A place whose files lie below this folder; closed by the suite. */
  protected abstract SandboxProvider open(Path base);

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Machine.installed("socat").isPresent(), "needs socat");
    assumeTrue(Machine.installed("nsenter").isPresent(), "needs nsenter");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    provider = open(folder.resolve("run"));
    sandbox = newSandbox("workspace");
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

  protected final Sandbox sandbox() {
    return sandbox;
  }

  protected final Path folder() {
    return folder;
  }

  protected final Sandbox newSandbox(String name) throws IOException {
    return provider.start(
        SandboxSpec.of(Files.createDirectory(folder.resolve(name))).withBackground());
  }

  protected static RunningProcess echo(Sandbox in, String address, int port) {
    return in.start(ProcessRequest.of("perl", "-e", ECHO, address, Integer.toString(port)));
  }

  protected static String line(InputStream from) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = from.read(); next >= 0 && next != '\n'; next = from.read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatListensIsReachedAtEveryLoopbackAddress() throws Exception {
    List<String> addresses = new ArrayList<>(List.of("127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1"));
    String ipv6 = "cat /proc/net/if_inet6";
    if (!ProcessContract.end(sandbox.start(ProcessContract.bash(ipv6))).text().isBlank()) {
      addresses.addAll(List.of("::1", "::"));
    }
    int port = 8000;
    for (String address : addresses) {
      RunningProcess server = echo(sandbox, address, ++port);
      try (PortConnection connection = sandbox.connect(port, SOON)) {
        assertThat(line(connection.input())).as(address).isEqualTo("HELLO");
      } catch (SandboxException e) {
        throw new AssertionError(address + ": " + server.read(Duration.ZERO).text(), e);
      }
    }
  }

  @Test
  void eachWayEndsOnItsOwn() throws Exception {
    echo(sandbox, "127.0.0.1", 8000);
    try (PortConnection connection = sandbox.connect(8000, SOON)) {
      connection.output().write(bytes("question"));
      connection.output().close();
      assertThat(new String(connection.input().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("HELLO\nquestion\nGOT 8\n");
    }
    String first =
        """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8001, Listen => 5);
        my $c = $s->accept;
        syswrite $c, "bye\\n";
        shutdown $c, 1;
        while (sysread $c, my $b, 999) { syswrite STDOUT, $b }
        sleep 100;
        """;
    RunningProcess server = sandbox.start(ProcessRequest.of("perl", "-e", first));
    try (PortConnection connection = sandbox.connect(8001, SOON)) {
      assertThat(connection.input().readAllBytes()).isEqualTo(bytes("bye\n"));
      connection.output().write(bytes("still heard"));
      connection.output().flush();
      ProcessContract.until(server, "still heard");
    }
  }

  @Test
  void muchGoesBothWaysAtOnceAndArrivesWhole() throws Exception {
    echo(sandbox, "127.0.0.1", 8000);
    byte[] piece = new byte[1 << 20];
    new java.util.Random(7).nextBytes(piece);
    int pieces = 48;
    MessageDigest sent = MessageDigest.getInstance("SHA-256");
    try (PortConnection connection = sandbox.connect(8000, SOON)) {
      line(connection.input());
      FutureTask<Void> sending =
          new FutureTask<>(
              () -> {
                try (OutputStream out = connection.output()) {
                  for (int i = 0; i < pieces; i++) {
                    out.write(piece);
                    sent.update(piece);
                  }
                }
                return null;
              });
      Thread.ofPlatform().start(sending);
      DigestInputStream back =
          new DigestInputStream(connection.input(), MessageDigest.getInstance("SHA-256"));
      back.readNBytes(pieces << 20);
      sending.get();
      assertThat(HexFormat.of().formatHex(back.getMessageDigest().digest()))
          .isEqualTo(HexFormat.of().formatHex(sent.digest()));
      back.on(false);
      assertThat(new String(back.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("\nGOT " + (pieces << 20) + "\n");
    }
  }

  @Test
  void whereNothingListensTheErrorSaysSo() throws Exception {
    assertNothingListens(sandbox, 8000);
    RunningProcess server = echo(sandbox, "127.0.0.1", 8000);
    sandbox.connect(8000, SOON).close();
    assertNothingListens(sandbox, 8001);
    server.kill();
    server.read(SOON);
    assertNothingListens(sandbox, 8000);
    for (int wrong : List.of(0, -1, 65_536)) {
      assertThatThrownBy(() -> sandbox.connect(wrong, Duration.ZERO))
          .isInstanceOfSatisfying(
              SandboxException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
    }
  }

  protected static void assertNothingListens(Sandbox in, int port) {
    assertThatThrownBy(() -> in.connect(port, Duration.ZERO))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
        .hasMessageContaining("nothing listens on port " + port);
  }

  @Test
  void itIsWaitedForWhatIsAboutToListen() throws Exception {
    sandbox.start(ProcessContract.bash("sleep 1000"));
    FutureTask<PortConnection> waiting = new FutureTask<>(() -> sandbox.connect(8000, SOON));
    Thread.ofPlatform().start(waiting);
    echo(sandbox, "127.0.0.1", 8000);
    try (PortConnection connection = waiting.get()) {
      assertThat(line(connection.input())).isEqualTo("HELLO");
    }
  }

  @Test
  void whatTheShellStartsIsReached() throws Exception {
    Files.writeString(folder.resolve("workspace/echo.pl"), ECHO);
    sandbox.shell(TestingShell.request("perl echo.pl 127.0.0.1 8000 >/dev/null 2>&1 &"));
    try (PortConnection connection = sandbox.connect(8000, SOON)) {
      assertThat(line(connection.input())).isEqualTo("HELLO");
    }
  }

  @Test
  void manyAreOpenAtOnceAndTheirNumberIsLimited() throws Exception {
    echo(sandbox, "127.0.0.1", 8000);
    sandbox.connect(8000, SOON).close();
    List<PortConnection> open = new ArrayList<>();
    for (int i = 0; i < Sandbox.MAX_CONNECTIONS; i++) {
      open.add(sandbox.connect(8000, SOON));
    }
    assertThatThrownBy(() -> sandbox.connect(8000, SOON))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED));
    for (PortConnection connection : open) {
      connection.output().write(bytes("mine " + open.indexOf(connection)));
      connection.output().close();
    }
    for (PortConnection connection : open) {
      assertThat(new String(connection.input().readAllBytes(), StandardCharsets.UTF_8))
          .contains("mine " + open.indexOf(connection) + "\n");
      connection.close();
    }
    sandbox.connect(8000, SOON).close();
  }

  @Test
  void allEndWithTheSandbox() throws Exception {
    echo(sandbox, "127.0.0.1", 8000);
    PortConnection connection = sandbox.connect(8000, SOON);
    line(connection.input());
    sandbox.close();
    assertThat(ends(connection.input())).isTrue();
    assertThat(TestingProcesses.relays()).isEmpty();
    assertThatThrownBy(() -> sandbox.connect(8000, Duration.ZERO))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
    connection.close();
  }

  private static boolean ends(InputStream input) {
    try {
      return input.read() < 0;
    } catch (IOException closed) {
      return true;
    }
  }

  @Test
  void noOtherSandboxNorTheHostIsReached() throws Exception {
    echo(sandbox, "0.0.0.0", 8000);
    sandbox.connect(8000, SOON).close();
    try (Sandbox other = newSandbox("other");
        TestingListener host = TestingListener.tcp("127.0.0.1")) {
      other.start(ProcessContract.bash("sleep 1000"));
      assertNothingListens(other, 8000);
      assertNothingListens(other, host.port());
      assertThat(host.hit()).isFalse();
    }
  }

  @Test
  void theBoxSeesNothingOfARelay() throws Exception {
    RunningProcess server = echo(sandbox, "127.0.0.1", 8000);
    try (PortConnection connection = sandbox.connect(8000, SOON)) {
      line(connection.input());
      String look = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat /proc/net/unix; ls -A /";
      assertThat(ProcessContract.end(sandbox.start(ProcessContract.bash(look))).text())
          .doesNotContain("socat", "relay", folder.toString());
      assertThat(ProcessContract.end(sandbox.start(ProcessContract.bash(LISTENERS))).text())
          .as("only the server listens")
          .isEqualTo("1\n");
    }
    assertThat(server.read(Duration.ZERO).exitCode()).isEmpty();
  }

  private static final String LISTENERS =
      """
      n=0
      while read -r _ _ _ state _; do [ "$state" != 0A ] || n=$((n + 1)); done \
        < <(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)
      echo $n
      """;
}
