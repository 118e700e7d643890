package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.Patch.Change;
import dev.paddock.sandbox.Patch.Hunk;
import dev.paddock.sandbox.Patch.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the patch format that models are trained on: {@code *** Begin Patch}, then {@code *** Add
 * File:}, {@code *** Delete File:} or {@code *** Update File:} sections, then {@code *** End
 * Patch}. As lenient as the reference: markers may have white space around them, and the whole may
 * stand in a shell's here-document.
 */
final class PatchParser {
  static final int MAX_CHARS = 8 << 20;
  static final int MAX_CHANGES = 500;

  private static final String BEGIN = "*** Begin Patch";
  private static final String END = "*** End Patch";
  private static final String ADD = "*** Add File:";
  private static final String DELETE = "*** Delete File:";
  private static final String UPDATE = "*** Update File:";
  private static final String MOVE = "*** Move to:";
  private static final String END_OF_FILE = "*** End of File";
  private static final Pattern HERE_DOCUMENT = Pattern.compile("<<\\s*(['\"]?)(\\w+)\\1");
  private static final Pattern UNIFIED = Pattern.compile("@@ -\\d+(,\\d+)? \\+\\d+(,\\d+)? @@.*");
  private static final int SHOWN_CHARS = 120;

  private final List<String> lines;

  /** How many lines stand before those that are read, in what the model wrote. */
  private final int skipped;

  private int at;

  private PatchParser(List<String> lines, int skipped) {
    this.lines = lines;
    this.skipped = skipped;
  }

  /** {@code INVALID_REQUEST} with the line where it is no patch. */
  static Patch parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the patch has %,d characters; at most %,d are applied at once"
              .formatted(text.length(), MAX_CHARS));
    }
    List<String> lines = split(text);
    int skipped = 0;
    while (!lines.isEmpty() && lines.getFirst().isBlank()) {
      lines.removeFirst();
      skipped++;
    }
    dropBlankEnd(lines);
    if (isHereDocument(lines)) {
      lines = lines.subList(1, lines.size() - 1);
      skipped++;
      dropBlankEnd(lines);
    }
    if (lines.isEmpty() || !lines.getFirst().strip().equals(BEGIN)) {
      throw ToolInput.invalid("the first line of a patch must be \"%s\"".formatted(BEGIN));
    }
    if (lines.size() == 1 || !lines.getLast().strip().equals(END)) {
      throw ToolInput.invalid("the last line of a patch must be \"%s\"".formatted(END));
    }
    return new PatchParser(lines.subList(1, lines.size() - 1), skipped + 1).patch();
  }

  /** At line feeds only, each with or without a carriage return before it. */
  private static List<String> split(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start <= text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      boolean carriage = end > start && text.charAt(end - 1) == '\r';
      lines.add(text.substring(start, carriage ? end - 1 : end));
      start = end + 1;
    }
    return lines;
  }

  private static void dropBlankEnd(List<String> lines) {
    while (!lines.isEmpty() && lines.getLast().isBlank()) {
      lines.removeLast();
    }
  }

  private static boolean isHereDocument(List<String> lines) {
    if (lines.size() < 4) {
      return false;
    }
    var start = HERE_DOCUMENT.matcher(lines.getFirst().strip());
    return start.matches() && lines.getLast().strip().equals(start.group(2));
  }

  private Patch patch() {
    List<Change> changes = new ArrayList<>();
    while (at < lines.size()) {
      if (changes.size() == MAX_CHANGES) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "a patch changes at most %d files at once".formatted(MAX_CHANGES));
      }
      changes.add(change());
      skipBlank();
    }
    if (changes.isEmpty()) {
      throw ToolInput.invalid("the patch changes no file");
    }
    return new Patch(changes);
  }

  private Change change() {
    int line = number();
    String header = lines.get(at).strip();
    Optional<String> added = path(header, ADD);
    if (added.isPresent()) {
      at++;
      return new Patch.Add(added.get(), line, addedText());
    }
    Optional<String> deleted = path(header, DELETE);
    if (deleted.isPresent()) {
      at++;
      return new Patch.Delete(deleted.get(), line);
    }
    Optional<String> updated = path(header, UPDATE);
    if (updated.isPresent()) {
      at++;
      return update(updated.get(), line);
    }
    throw invalid(
        "\"%s\" begins no file; a file begins with \"%s PATH\", \"%s PATH\" or \"%s PATH\""
            .formatted(shown(header), ADD, DELETE, UPDATE));
  }

  private Optional<String> path(String header, String marker) {
    if (!header.startsWith(marker)) {
      return Optional.empty();
    }
    String path = header.substring(marker.length()).strip();
    if (path.isEmpty()) {
      throw invalid("\"%s\" names no file".formatted(marker));
    }
    return Optional.of(path);
  }

  private String addedText() {
    StringBuilder text = new StringBuilder();
    while (at < lines.size() && lines.get(at).startsWith("+")) {
      text.append(lines.get(at), 1, lines.get(at).length()).append('\n');
      at++;
    }
    return text.toString();
  }

  private Change update(String path, int line) {
    Optional<String> moveTo = Optional.empty();
    if (at < lines.size()) {
      moveTo = path(lines.get(at).strip(), MOVE);
      at += moveTo.isPresent() ? 1 : 0;
    }
    List<Hunk> hunks = new ArrayList<>();
    skipBlank();
    while (at < lines.size() && !lines.get(at).startsWith("*")) {
      hunks.add(hunk(hunks.isEmpty()));
      skipBlank();
    }
    if (hunks.isEmpty()) {
      at = line - 1 - skipped;
      throw invalid("the update of %s says no change".formatted(shown(path)));
    }
    return new Patch.Update(path, line, moveTo, hunks);
  }

  private void skipBlank() {
    while (at < lines.size() && lines.get(at).isBlank()) {
      at++;
    }
  }

  /**
   * @param first only a file's first hunk may do without {@code @@}
   */
  private Hunk hunk(boolean first) {
    int line = number();
    if (!first && !isAnchor(lines.get(at))) {
      throw invalid(
          "a further place of the file begins with \"@@\", not with \"%s\""
              .formatted(shown(lines.get(at))));
    }
    List<String> anchors = anchors();
    List<Line> found = new ArrayList<>();
    int unmarked = 0;
    boolean atEnd = false;
    for (Optional<Line> next = line(); next.isPresent(); next = line()) {
      unmarked = lines.get(at).isEmpty() ? unmarked + 1 : 0;
      found.add(next.get());
      at++;
    }
    if (at < lines.size() && lines.get(at).strip().equals(END_OF_FILE) && !found.isEmpty()) {
      at++;
      atEnd = true;
    } else {
      // empty lines between two places or files are white space of the patch, not of the file
      found = found.subList(0, found.size() - unmarked);
    }
    if (found.isEmpty()) {
      throw at < lines.size() && !lines.get(at).startsWith("***")
          ? invalid(
              ("\"%s\" is no line of a change; each begins with \"+\", \"-\" or, where it stays,"
                      + " a blank")
                  .formatted(shown(lines.get(at))))
          : invalid("the place of the file that begins at line %d says no change".formatted(line));
    }
    return new Hunk(line, anchors, found, atEnd);
  }

  private List<String> anchors() {
    List<String> anchors = new ArrayList<>();
    for (; at < lines.size() && isAnchor(lines.get(at)); at++) {
      String anchor = lines.get(at);
      if (UNIFIED.matcher(anchor).matches()) {
        throw invalid(
            "\"%s\" counts lines; write \"@@\", or \"@@ \" and a line that stands before the place"
                .formatted(shown(anchor)));
      }
      if (anchor.length() > 3 && !anchor.isBlank()) {
        anchors.add(anchor.substring(3));
      }
    }
    return anchors;
  }

  private static boolean isAnchor(String line) {
    return line.equals("@@") || line.startsWith("@@ ");
  }

  private Optional<Line> line() {
    if (at == lines.size()) {
      return Optional.empty();
    }
    String line = lines.get(at);
    if (line.isEmpty()) {
      return Optional.of(new Patch.Keep(""));
    }
    String text = line.substring(1);
    return switch (line.charAt(0)) {
      case ' ' -> Optional.of(new Patch.Keep(text));
      case '-' -> Optional.of(new Patch.Remove(text));
      case '+' -> Optional.of(new Patch.Insert(text));
      default -> Optional.empty();
    };
  }

  /** Of the line that is read, in what the model wrote. */
  private int number() {
    return at + 1 + skipped;
  }

  private SandboxException invalid(String why) {
    return ToolInput.invalid("line %d of the patch: %s".formatted(number(), why));
  }

  private static String shown(String line) {
    return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "…" : line;
  }
}
