package dev.paddock.sandbox;

import dev.paddock.core.Sha256;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import dev.paddock.sandbox.spi.ProcessOutput;
import dev.paddock.sandbox.spi.RunningProcess;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a model is told of a process, in the form that it knows: a chunk's id, the time it took,
 * exit code or session id, and what was written since it was last asked.
 */
final class ProcessReply {
  static final int SHORTEST_MILLIS = 250;
  static final int LONGEST_MILLIS = 30_000;

  private static final long USUAL_TOKENS = 10_000;
  private static final long MOST_TOKENS = 100_000;
  private static final Pattern TERMINAL_CONTROL =
      Pattern.compile(
          "\\x1b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\\x07\\x1b]*(\\x07|\\x1b\\\\)|[()][A-Z0-9])");

  private ProcessReply() {}

  /**
   * How long to wait for output.
   *
   * @param usual milliseconds where the call says nothing
   * @param shortest milliseconds that it is at least
   */
  static Duration yieldTime(ToolInput input, ToolInvocation invocation, int usual, int shortest) {
    long asked = input.number("yield_time_ms", 0, Long.MAX_VALUE).orElse(usual);
    Duration wait = Duration.ofMillis(Math.clamp(asked, shortest, LONGEST_MILLIS));
    return wait.compareTo(invocation.timeout()) < 0 ? wait : invocation.timeout();
  }

  /** Reads what comes within the time, and says it. */
  static ToolResult read(
      RunningProcess process, Duration wait, ToolInput input, ToolInvocation invocation)
      throws InterruptedException {
    OptionalLong asked = input.number("max_output_tokens", 1, Long.MAX_VALUE);
    long start = System.nanoTime();
    ProcessOutput output = process.read(wait);
    double seconds = (System.nanoTime() - start) / 1e9;
    TokenLimit text =
        TokenLimit.of(
            plain(output.text()),
            Math.min(asked.orElse(USUAL_TOKENS), MOST_TOKENS),
            output.missingBytes());
    StringBuilder reply = new StringBuilder();
    reply.append("Chunk ID: ").append(chunkId(invocation)).append('\n');
    reply.append(String.format(Locale.ROOT, "Wall time: %.4f seconds\n", seconds));
    reply.append(
        output
            .exitCode()
            .map(code -> "Process exited with code " + code)
            .orElseGet(() -> "Process running with session ID " + process.id()));
    text.originalTokens()
        .ifPresent(tokens -> reply.append("\nOriginal token count: ").append(tokens));
    reply.append("\nOutput:\n").append(text.text());
    boolean failed = output.exitCode().orElse(0) != 0;
    return failed ? ToolResult.error(reply.toString()) : ToolResult.ok(reply.toString());
  }

  /** The same for the same call, so that a result that is read again is the same. */
  private static String chunkId(ToolInvocation invocation) {
    return Sha256.hex(invocation.callId().toString()).substring(0, 6);
  }

  /** Without what moves a cursor or paints, and with plain line ends. */
  private static String plain(String output) {
    return TERMINAL_CONTROL.matcher(output).replaceAll("").replace("\r\n", "\n");
  }
}
