package dev.paddock.inference;

import dev.paddock.provider.spi.ModelEvent;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds a call's name and the growing text of its arguments in {@code {"name", "arguments"}}. */
final class CallStream {
  private static final Pattern HEAD =
      Pattern.compile(
          "\\s*\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]*)\"\\s*,\\s*\"arguments\"\\s*:\\s*");

  private final StringBuilder text = new StringBuilder();
  private String name = "";
  private int told;
  private int scanned;
  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean begun;

  /** The next fragment of the arguments, if this text brings one. */
  Optional<ModelEvent> push(String more) {
    text.append(more);
    if (name.isEmpty()) {
      Matcher head = HEAD.matcher(text);
      if (!head.lookingAt() || head.end() == text.length()) {
        return Optional.empty();
      }
      name = head.group(1);
      told = head.end();
      scanned = told;
    }
    int end = scan();
    if (end == told) {
      return Optional.empty();
    }
    String fragment = text.substring(told, end);
    told = end;
    return Optional.of(new ModelEvent.ToolCallDelta(0, name, fragment));
  }

  /** How far the arguments' own value reaches. */
  private int scan() {
    while (scanned < text.length() && !(begun && depth == 0)) {
      char c = text.charAt(scanned++);
      if (inString) {
        inString = escaped || c != '"';
        escaped = !escaped && c == '\\';
      } else if (c == '"') {
        inString = true;
      } else if (c == '{' || c == '[') {
        depth++;
        begun = true;
      } else if (c == '}' || c == ']') {
        depth--;
      }
    }
    return scanned;
  }
}
