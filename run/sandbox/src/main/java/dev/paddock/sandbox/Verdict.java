package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.KilledBy;
import dev.paddock.sandbox.spi.Limits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which limits a command ran into.
 *
 * @param hit what ended it comes first
 */
record Verdict(List<KilledBy> hit) {
  private static final int SIGXCPU = 128 + 24;
  private static final int SIGXFSZ = 128 + 25;

  Verdict {
    hit = List.copyOf(hit);
  }

  static Verdict of(int exitCode, Optional<KilledBy> cause, Hits before, Hits after) {
    List<KilledBy> hit = new ArrayList<>();
    cause.ifPresent(hit::add);
    if (after.memory() > before.memory()) {
      hit.add(KilledBy.MEMORY);
    }
    if (after.processes() > before.processes()) {
      hit.add(KilledBy.PROCESSES);
    }
    if (exitCode == SIGXCPU) {
      hit.add(KilledBy.CPU);
    }
    if (exitCode == SIGXFSZ) {
      hit.add(KilledBy.FILE_SIZE);
    }
    return new Verdict(hit);
  }

  Optional<KilledBy> killedBy() {
    return hit.stream().findFirst();
  }

  /** Appends a line for each limit. */
  byte[] explain(byte[] stderr, Limits limits, Duration timeout) {
    byte[] explained = stderr;
    for (KilledBy each : hit) {
      explained = withLine(explained, text(each, limits, timeout));
    }
    return explained;
  }

  private static String text(KilledBy killedBy, Limits limits, Duration timeout) {
    return switch (killedBy) {
      case TIMEOUT -> "killed: time limit " + seconds(timeout);
      case MEMORY -> "killed: memory limit " + size(limits.memoryBytes());
      case PROCESSES -> "stopped: limit of " + limits.processes() + " processes";
      case CPU -> "killed: CPU limit " + limits.cpuSeconds() + " s";
      case FILE_SIZE -> "killed: file size limit " + size(limits.fileSizeBytes());
      case WORKSPACE ->
          "killed: workspace limit "
              + size(limits.workspaceBytes())
              + " for /workspace and /tmp; delete files before you write more";
      case OUTPUT -> "killed: more than " + size(Pump.FLOOD_BYTES) + " of output";
      case INTERRUPT -> "killed: the sandbox was closed or its shell restarted";
    };
  }

  /** Appends a line to an output. */
  static byte[] withLine(byte[] output, String line) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(output);
    if (output.length > 0 && output[output.length - 1] != '\n') {
      bytes.write('\n');
    }
    bytes.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }

  static String size(long bytes) {
    if (bytes % (1L << 30) == 0) {
      return (bytes >> 30) + " GiB";
    }
    if (bytes % (1L << 20) == 0) {
      return (bytes >> 20) + " MiB";
    }
    return bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : bytes + " bytes";
  }
}
