package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** {@code paddock serve} as a process of its own, on a free port, until it is closed. */
final class ServerUnderTest implements AutoCloseable {
  static final String KEY = "paddock_testing_key";

  private static final String READY = "listening on ";
  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Path err;
  private final String url;

  private ServerUnderTest(Process process, Path err, String url) {
    this.process = process;
    this.err = err;
    this.url = url;
  }

  /** Starts with the program's home and environment; its administrator's key is {@link #KEY}. */
  static ServerUnderTest start(Program program, Path folder, String... options) {
    try {
      Path out = Files.createTempFile(folder, "serve", ".out");
      Path err = Files.createTempFile(folder, "serve", ".err");
      String[] arguments = new String[options.length + 3];
      arguments[0] = "serve";
      arguments[1] = "--port";
      arguments[2] = "0";
      System.arraycopy(options, 0, arguments, 3, options.length);
      Process process = program.with("PADDOCK_API_KEY", KEY).start(out, err, arguments);
      return new ServerUnderTest(process, err, awaitUrl(process, out, err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address that a starting server prints, and nothing else. */
  static String awaitUrl(Process process, Path out, Path err) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < deadline) {
      String text = Files.readString(out);
      if (text.startsWith(READY) && text.endsWith("\n")) {
        assertThat(text.lines().toList()).hasSize(1);
        return text.substring(READY.length()).strip();
      }
      try {
        if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    process.destroyForcibly();
    throw new AssertionError("the server did not start: " + Files.readString(err));
  }

  String url() {
    return url;
  }

  Process process() {
    return process;
  }

  /** What the server logged so far. */
  String log() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM; the server must drain and end with 0. */
  @Override
  public void close() {
    process.destroy();
    try {
      boolean ended = process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended).as("ended: %s", log()).isTrue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    assertThat(process.exitValue()).as(log()).isZero();
  }
}
