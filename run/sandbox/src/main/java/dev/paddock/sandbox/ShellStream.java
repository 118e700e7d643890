package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Box;
import dev.paddock.sandbox.spi.KilledBy;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One output of the persistent shell, cut into commands. A command's output ends with a mark: a
 * control character and a random word that the shell reads only after the command, so that no
 * output can contain it. Three fields may follow: exit code, directory, exported variables.
 */
final class ShellStream implements Runnable {
  private static final byte MARK = 0x1E;
  private static final int WORD_LENGTH = 32;
  private static final int FRAME_LIMIT = 256 << 10;
  private static final int FIELDS = 3;

  private final Box box;
  private final InputStream from;
  private final boolean framed;
  private final String lastWord;
  private final byte[] candidate = new byte[1 + WORD_LENGTH];

  private int candidateLength;
  private Capture capture;
  private String word = "";
  private CompletableFuture<Boolean> done = CompletableFuture.completedFuture(true);
  private @Nullable FrameReader frame;
  private Optional<Frame> lastFrame = Optional.empty();
  private boolean ended;

  /**
   * @param framed whether the three fields follow the mark
   * @param lastWord marks the fields of a shell that exits
   */
  ShellStream(Box box, InputStream from, boolean framed, String lastWord, long idleBytes) {
    this.box = box;
    this.from = from;
    this.framed = framed;
    this.lastWord = lastWord;
    this.capture = new Capture(idleBytes);
  }

  /**
   * Begins a command.
   *
   * @return completes with true when its mark was read, with false when the stream ended first
   */
  synchronized CompletableFuture<Boolean> expect(String nextWord, long maxBytes) {
    Capture next = new Capture(maxBytes);
    byte[] idle = capture.bytes(); // what background processes wrote since the last command
    next.write(idle, 0, idle.length);
    capture = next;
    word = nextWord;
    done = ended ? CompletableFuture.completedFuture(false) : new CompletableFuture<>();
    return done;
  }

  /** The output of the command that is done; what comes later belongs to the next one. */
  synchronized Capture take(long idleBytes) {
    flushCandidate();
    Capture taken = capture;
    capture = new Capture(idleBytes);
    return taken;
  }

  synchronized Optional<Frame> lastFrame() {
    return lastFrame;
  }

  @Override
  public void run() {
    byte[] buffer = new byte[Pump.BUFFER_BYTES];
    int read;
    try {
      while ((read = Pump.read(from, buffer)) >= 0) {
        if (accept(buffer, read) > Pump.FLOOD_BYTES) {
          box.kill(KilledBy.OUTPUT);
        }
      }
    } finally {
      end();
    }
  }

  private synchronized void end() {
    flushCandidate();
    ended = true;
    done.complete(false);
  }

  private synchronized long accept(byte[] bytes, int length) {
    int position = 0;
    while (position < length) {
      if (frame != null) {
        position += frame.accept(bytes, position, length);
        if (frame.complete()) {
          endFrame(frame);
        }
      } else if (candidateLength > 0) {
        position += extendCandidate(bytes[position]);
      } else {
        int mark = indexOfMark(bytes, position, length);
        capture.write(bytes, position, mark - position);
        position = mark;
        if (position < length) {
          candidate[candidateLength++] = bytes[position++];
        }
      }
    }
    return capture.total();
  }

  private static int indexOfMark(byte[] bytes, int from, int to) {
    int index = from;
    while (index < to && bytes[index] != MARK) {
      index++;
    }
    return index;
  }

  /** Adds a byte to a possible mark, or gives the possible mark up; returns the bytes consumed. */
  private int extendCandidate(byte next) {
    if (Character.digit(next, 16) < 0) {
      flushCandidate();
      return 0;
    }
    candidate[candidateLength++] = next;
    if (candidateLength == candidate.length) {
      String found = new String(candidate, 1, WORD_LENGTH, StandardCharsets.US_ASCII);
      if (found.equals(word)) {
        candidateLength = 0;
        beginFrame(false);
      } else if (framed && found.equals(lastWord)) {
        candidateLength = 0;
        beginFrame(true);
      } else {
        flushCandidate();
      }
    }
    return 1;
  }

  private void beginFrame(boolean last) {
    if (framed) {
      frame = new FrameReader(last);
    } else {
      word = "";
      done.complete(true);
    }
  }

  private void endFrame(FrameReader complete) {
    frame = null;
    lastFrame = Optional.of(complete.frame());
    if (!complete.last) {
      word = "";
      done.complete(true);
    }
  }

  private void flushCandidate() {
    capture.write(candidate, 0, candidateLength);
    candidateLength = 0;
  }

  /**
   * What the shell tells after a command.
   *
   * @param environment source text that exports its variables; empty when it is too long to keep
   */
  record Frame(String exitCode, String directory, Optional<String> environment) {}

  private static final class FrameReader {
    private final boolean last;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final String[] fields = new String[FIELDS];
    private int field;
    private boolean tooLong;

    FrameReader(boolean last) {
      this.last = last;
      Arrays.fill(fields, "");
    }

    int accept(byte[] from, int start, int end) {
      int position = start;
      while (position < end && !complete()) {
        byte next = from[position++];
        if (next == 0) {
          fields[field++] = bytes.toString(StandardCharsets.UTF_8);
          bytes.reset();
        } else if (bytes.size() < FRAME_LIMIT) {
          bytes.write(next);
        } else {
          tooLong = true;
        }
      }
      return position - start;
    }

    boolean complete() {
      return field == FIELDS;
    }

    Frame frame() {
      return new Frame(fields[0], fields[1], tooLong ? Optional.empty() : Optional.of(fields[2]));
    }
  }
}
