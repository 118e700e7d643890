package dev.paddock.sandbox;

import dev.paddock.sandbox.Patch.Hunk;
import dev.paddock.sandbox.Patch.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * What hunks make of a text. Lines that stay keep every byte and their line end; new ones get the
 * line end of the text's first line. The last line ends as the others do, whether it did before or
 * not.
 */
final class PatchedText {
  private static final int SHOWN_LINES = 10;
  private static final int SHOWN_CHARS = 200;

  private final String name;
  private final List<String> lines = new ArrayList<>();
  private final List<String> ends = new ArrayList<>();
  private final String usualEnd;
  private final LineSearch search;
  private final List<Place> places = new ArrayList<>();
  private int cursor;

  /** Lines of the text from {@code at} on, and what becomes of them. */
  private record Place(int at, List<Line> lines) {}

  private PatchedText(String name, String text) {
    this.name = name;
    split(text);
    usualEnd = ends.isEmpty() || ends.getFirst().isEmpty() ? "\n" : ends.getFirst();
    search = new LineSearch(lines);
  }

  /** {@code INVALID_REQUEST} where a hunk's lines do not stand in the text. */
  static String of(String name, String text, List<Hunk> hunks) {
    PatchedText patched = new PatchedText(name, text);
    hunks.forEach(patched::find);
    return patched.text();
  }

  private void split(String text) {
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      boolean carriage = newline > start && text.charAt(newline - 1) == '\r';
      lines.add(text.substring(start, carriage ? end - 1 : end));
      ends.add(newline < 0 ? "" : carriage ? "\r\n" : "\n");
      start = end + 1;
    }
  }

  private void find(Hunk hunk) {
    for (String anchor : hunk.anchors()) {
      cursor =
          1
              + search
                  .find(List.of(anchor), cursor, false)
                  .orElseThrow(() -> missing(hunk, "no line \"%s\"".formatted(shown(anchor))));
    }
    List<String> before = hunk.before();
    if (before.isEmpty()) {
      places.add(new Place(hunk.anchors().isEmpty() ? end() : cursor, hunk.lines()));
      return;
    }
    OptionalInt found = search.find(before, cursor, hunk.atEnd());
    List<Line> changed = hunk.lines();
    if (found.isEmpty() && before.size() > 1 && before.getLast().isEmpty()) {
      // the empty line that a model sees behind the last line end is none of the text
      changed = withoutLastEmpty(changed);
      before = before.subList(0, before.size() - 1);
      found = search.find(before, cursor, hunk.atEnd());
    }
    List<String> sought = before;
    int at = found.orElseThrow(() -> missing(hunk, expected(sought, hunk.atEnd())));
    places.add(new Place(at, changed));
    cursor = at + before.size();
  }

  /** Behind the last line that is not empty, if only one is. */
  private int end() {
    return !lines.isEmpty() && lines.getLast().isEmpty() ? lines.size() - 1 : lines.size();
  }

  private static List<Line> withoutLastEmpty(List<Line> lines) {
    List<Line> left = new ArrayList<>(lines);
    int last = left.size() - 1;
    while (left.get(last) instanceof Patch.Insert) {
      last--;
    }
    boolean removed = left.remove(last) instanceof Patch.Remove;
    if (removed && left.getLast() instanceof Patch.Insert(String text) && text.isEmpty()) {
      left.removeLast();
    }
    return left;
  }

  private String text() {
    places.sort(Comparator.comparingInt(Place::at));
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (Place place : places) {
      for (; at < place.at(); at++) {
        copy(out, at);
      }
      for (Line line : place.lines()) {
        switch (line) {
          case Patch.Keep _ -> copy(out, at++);
          case Patch.Remove _ -> at++;
          case Patch.Insert(String text) -> out.append(text).append(usualEnd);
        }
      }
    }
    for (; at < lines.size(); at++) {
      copy(out, at);
    }
    return out.toString();
  }

  private void copy(StringBuilder out, int at) {
    String end = ends.get(at);
    out.append(lines.get(at)).append(end.isEmpty() ? usualEnd : end);
  }

  private SandboxException missing(Hunk hunk, String what) {
    String from = cursor == 0 ? "" : " behind line " + cursor;
    return ToolInput.invalid(
        "%s, the place at line %d of the patch: %s%s; read the file again, it may have changed"
            .formatted(name, hunk.line(), what, from));
  }

  private static String expected(List<String> lines, boolean atEnd) {
    StringBuilder out = new StringBuilder(atEnd ? "the file does not end with" : "no lines");
    lines.stream().limit(SHOWN_LINES).forEach(line -> out.append("\n  ").append(shown(line)));
    if (lines.size() > SHOWN_LINES) {
      out.append("\n  … %,d more".formatted(lines.size() - SHOWN_LINES));
    }
    return out.append('\n').toString();
  }

  private static String shown(String line) {
    return line.length() > SHOWN_CHARS ? line.substring(0, SHOWN_CHARS) + "…" : line;
  }
}
