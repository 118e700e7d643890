package dev.paddock.store;

import static dev.paddock.store.TestingEvents.append;
import static dev.paddock.store.TestingEvents.quick;
import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.core.spi.Append;
import dev.paddock.core.spi.Subscription;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Another JVM that works on a store and prints what it did, a line each. */
final class TestingProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader lines;

  private TestingProcess(Process process) {
    this.process = process;
    this.lines = process.inputReader();
  }

  /** {@code wrapper} is a command that starts another one, such as {@code unshare}. */
  static TestingProcess start(List<String> wrapper, String... args) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TestingProcess.class.getName()));
    command.addAll(List.of(args));
    return new TestingProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Empty at the end of its output. */
  Optional<String> line() throws IOException {
    return Optional.ofNullable(lines.readLine());
  }

  List<String> rest() throws IOException {
    return lines.readAllLines();
  }

  /** SIGKILL. What it printed before can still be read, unlike after destroying it. */
  void kill() throws InterruptedException {
    assertThat(process.toHandle().destroyForcibly()).isTrue();
    process.waitFor();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[1]);
    switch (args[0]) {
      case "append" -> appendForever(home, new SessionId(args[2]));
      case "share" -> share(home, new SessionId(args[2]), Integer.parseInt(args[3]));
      case "fill" -> fill(home, Path.of(args[2]));
      case "open" -> open(home);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void say(Object line) {
    System.out.println(line);
    System.out.flush();
  }

  private static void appendForever(Path home, SessionId id) {
    try (Store store = SqliteStore.open(home)) {
      for (int i = 0; ; i++) {
        Append append = i % 7 == 0 ? append("on disk", "both") : quick("event " + i);
        say(store.sessions().append(id, append).lastSequence());
      }
    }
  }

  /** Appends that many events of its own, and as many that both sides try to append once. */
  private static void share(Path home, SessionId id, int count) throws InterruptedException {
    try (Store store = SqliteStore.open(home);
        Subscription subscription = store.sessions().subscribe(id, 0)) {
      say("ready");
      int repeated = 0;
      for (int i = 0; i < count; i++) {
        store.sessions().append(id, quick("theirs"));
        repeated +=
            store.sessions().append(id, quick("shared " + i).withKey("key " + i)).repeated()
                ? 1
                : 0;
      }
      say(repeated);
      List<LogEntry> seen = new ArrayList<>();
      while (seen.size() < 3 * count) {
        seen.addAll(subscription.next(100, Duration.ofSeconds(30)));
      }
      TestingEvents.sequences(seen).forEach(TestingProcess::say);
    }
  }

  /** Appends until the disk is full, frees the ballast, appends again. */
  private static void fill(Path home, Path ballast) {
    SessionId id;
    try (Store store = SqliteStore.open(home)) {
      id = TestingEvents.create(store.sessions(), "first");
      say(appendUntilItFails(store, id));
      try {
        store.blobs().put(new byte[1 << 20]);
        say("stored");
      } catch (StoreException e) {
        say(e.code());
      }
      delete(ballast);
      store.sessions().append(id, append("after"));
    }
    try (Store store = SqliteStore.open(home)) {
      Verification verification = store.verify(id);
      say(verification.intact());
      say(verification.entries() == store.sessions().readAll(id).size());
      say(TestingEvents.texts(store.sessions().readAll(id)).getLast());
    }
  }

  private static String appendUntilItFails(Store store, SessionId id) {
    String text = "x".repeat(10_000);
    long acknowledged = 1;
    while (true) {
      try {
        acknowledged = store.sessions().append(id, append(text)).lastSequence();
      } catch (StoreException e) {
        long last = store.sessions().find(id).orElseThrow().lastSequence();
        return e.code() + " " + (last == acknowledged) + " " + e.getMessage();
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void open(Path home) {
    try (Store store = SqliteStore.open(home)) {
      say("opened " + store.cursors().position("none"));
    } catch (StoreException e) {
      say(e.code() + " " + e.getMessage());
    }
  }
}
