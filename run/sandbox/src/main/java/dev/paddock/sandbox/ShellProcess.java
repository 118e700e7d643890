package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A bash in a box that reads our script from its input, one command after the other. */
final class ShellProcess {
  /** Never a login shell: that costs 350 ms. */
  private static final List<String> BASH = List.of("bash", "--norc", "--noprofile");

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Descriptors 50 and 51 keep the two outputs where a command cannot redirect them away by
   * accident. The options that {@code set} changes hold for one command.
   */
  private static final String DRIVER =
      """
      exec 50>&1 51>&2
      __paddock_frame() {
        builtin printf '\\036%s%s\\0%s\\0' "$1" "$2" "$PWD" >&50
        builtin export -p >&50
        builtin printf '\\0' >&50
      }
      __paddock_end() {
        builtin set +euxvfC +o pipefail +o posix
        __paddock_frame "$1" "$2"
        builtin printf '\\036%s' "$1" >&51
      }
      builtin trap '{ __paddock_frame LAST_WORD $?; } 2>/dev/null' EXIT
      """;

  private final Box box;
  private final OutputStream input;
  private final ShellStream stdout;
  private final ShellStream stderr;
  private final long idleBytes;

  private ShellProcess(
      Box box, OutputStream input, ShellStream stdout, ShellStream stderr, long idleBytes) {
    this.box = box;
    this.input = input;
    this.stdout = stdout;
    this.stderr = stderr;
    this.idleBytes = idleBytes;
  }

  static ShellProcess start(BoxedSandbox sandbox) {
    String lastWord = randomWord();
    long idleBytes = sandbox.limits().outputBytes();
    Box box = sandbox.openShell(BASH);
    ShellProcess process =
        new ShellProcess(
            box,
            box.stdin(),
            new ShellStream(box, box.stdout(), true, lastWord, idleBytes),
            new ShellStream(box, box.stderr(), false, lastWord, idleBytes),
            idleBytes);
    Pump.start(process.stdout);
    Pump.start(process.stderr);
    process.write(DRIVER.replace("LAST_WORD", lastWord));
    return process;
  }

  Box box() {
    return box;
  }

  Optional<ShellStream.Frame> lastFrame() {
    return stdout.lastFrame();
  }

  Capture takeStdout() {
    return stdout.take(idleBytes);
  }

  Capture takeStderr() {
    return stderr.take(idleBytes);
  }

  /**
   * Runs a command.
   *
   * @return whether the shell lives on
   */
  boolean run(String command, Duration timeout, long maxBytes) throws InterruptedException {
    String word = randomWord();
    CompletableFuture<Boolean> out = stdout.expect(word, maxBytes);
    CompletableFuture<Boolean> err = stderr.expect(word, maxBytes);
    write(
        "builtin eval "
            + quote(command)
            + " </dev/null >&50 2>&51\n"
            + "{ __paddock_end "
            + word
            + " $?; } 2>/dev/null\n");
    CompletableFuture<Boolean> both = out.thenCombine(err, Boolean::logicalAnd);
    try {
      boolean returned = both.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      if (!returned && !box.await(Duration.ofSeconds(1))) {
        box.kill(KilledBy.INTERRUPT);
      }
      return returned && box.cause().isEmpty();
    } catch (TimeoutException e) {
      box.kill(KilledBy.TIMEOUT);
      awaitEnd(both);
      return false;
    } catch (ExecutionException e) {
      throw new SandboxException(ErrorCode.INTERNAL, "the shell's output failed", e.getCause());
    }
  }

  private static void awaitEnd(CompletableFuture<Boolean> both) throws InterruptedException {
    try {
      both.get(BoxedSandbox.PUMP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new SandboxException(ErrorCode.INTERNAL, "the shell's output did not end", e);
    }
  }

  /** Writes aside: a long command may not fit into the pipe before the shell reads on. */
  private void write(String script) {
    byte[] bytes = script.getBytes(StandardCharsets.UTF_8);
    if (bytes.length < 4096) {
      writeNow(bytes);
    } else {
      Pump.start(() -> writeNow(bytes));
    }
  }

  private synchronized void writeNow(byte[] bytes) {
    try {
      input.write(bytes);
      input.flush();
    } catch (IOException shellGone) {
      return; // its outputs end, and that is told
    }
  }

  static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  private static String randomWord() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
