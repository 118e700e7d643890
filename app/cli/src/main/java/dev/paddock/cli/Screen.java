package dev.paddock.cli;

import java.io.PrintStream;
import java.util.Map;

/**
 * Where progress is drawn: stderr. Lines scroll; on a terminal one status line stays below them and
 * is drawn over.
 */
final class Screen {
  private static final int NARROWEST = 20;

  private final PrintStream out;
  private final boolean terminal;
  private final boolean colour;
  private String status = "";

  Screen(PrintStream out, boolean terminal, boolean colour) {
    this.out = out;
    this.terminal = terminal;
    this.colour = colour;
  }

  static Screen of(Map<String, String> environment) {
    boolean terminal = Posix.isTerminal(2) && !"dumb".equals(environment.get("TERM"));
    return new Screen(
        System.err, terminal, terminal && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** The same look, drawn elsewhere without a status line. */
  Screen to(PrintStream other) {
    return new Screen(other, false, colour);
  }

  boolean terminal() {
    return terminal;
  }

  int width() {
    int columns = terminal ? Posix.columns(2) : 0;
    return columns == 0 ? 100 : Math.max(NARROWEST, columns);
  }

  synchronized void line(String text) {
    erase();
    out.println(text);
    draw();
  }

  /** Replaces the status line; nothing is drawn where there is no terminal. */
  synchronized void status(String text) {
    if (terminal) {
      erase();
      status = text;
      draw();
    }
  }

  String dim(String text) {
    return style("2", text);
  }

  String bold(String text) {
    return style("1", text);
  }

  String green(String text) {
    return style("32", text);
  }

  String red(String text) {
    return style("31", text);
  }

  String yellow(String text) {
    return style("33", text);
  }

  private String style(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  private void erase() {
    if (!status.isEmpty()) {
      out.print("\r\u001b[K");
    }
  }

  private void draw() {
    if (!status.isEmpty()) {
      out.print(fit(status, width() - 1));
      out.flush();
    }
  }

  /** What a terminal would act on is shown, not sent: an agent's output is not trusted. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || c == '\t') {
                shown.appendCodePoint(c);
              } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append('\ufffd');
              } else {
                shown.appendCodePoint(c);
              }
            });
    return shown.toString();
  }

  /** At most {@code columns} characters of one line. */
  static String fit(String text, int columns) {
    String line = text.replace('\n', ' ').replace('\t', ' ');
    if (line.codePointCount(0, line.length()) <= columns) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, Math.max(0, columns - 1))) + "…";
  }
}
