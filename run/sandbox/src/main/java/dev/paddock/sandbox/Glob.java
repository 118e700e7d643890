package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * A file pattern: {@code *} and {@code ?} within a name, {@code **} for any number of folders (none
 * too), {@code [a-z]}, {@code [!a-z]}, {@code {a,b}}; a backslash takes the next character as it
 * is. A leading dot needs no mention. Matching takes time in proportion to pattern times path,
 * whatever the pattern.
 */
final class Glob {
  private static final int MAX_LENGTH = 400;
  private static final int MAX_ALTERNATIVES = 256;

  private final List<String[]> alternatives;

  private Glob(List<String[]> alternatives) {
    this.alternatives = alternatives;
  }

  /** {@code INVALID_REQUEST} where the pattern has no meaning. */
  static Glob of(String pattern) {
    if (pattern.isEmpty() || pattern.length() > MAX_LENGTH) {
      throw invalid(pattern, "it must have 1 to %,d characters".formatted(MAX_LENGTH));
    }
    List<String> expanded = new ArrayList<>();
    expand("", pattern, pattern, expanded);
    List<String[]> alternatives = new ArrayList<>();
    for (String alternative : expanded) {
      List<String> segments = new ArrayList<>();
      for (String segment : alternative.split("/")) {
        if (segment.equals("..")) {
          throw invalid(pattern, "\"..\" would lead out of the folder");
        }
        boolean repeated =
            segment.equals("**") && !segments.isEmpty() && segments.getLast().equals("**");
        if (!segment.isEmpty() && !segment.equals(".") && !repeated) {
          checkClasses(pattern, segment);
          segments.add(segment);
        }
      }
      alternatives.add(segments.toArray(String[]::new));
    }
    return new Glob(alternatives);
  }

  boolean matches(String path) {
    String[] names = path.split("/");
    for (String[] segments : alternatives) {
      if (matches(segments, names)) {
        return true;
      }
    }
    return false;
  }

  /** The deepest folder that every match lies in; empty for the root. */
  String folder() {
    String common = literalFolder(alternatives.getFirst());
    for (String[] segments : alternatives) {
      String other = literalFolder(segments);
      while (!common.isEmpty() && !other.equals(common) && !other.startsWith(common + "/")) {
        common = common.substring(0, Math.max(0, common.lastIndexOf('/')));
      }
    }
    return common;
  }

  private static String literalFolder(String[] segments) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < segments.length - 1; i++) {
      if (segments[i].chars().anyMatch(c -> "*?[\\".indexOf(c) >= 0)) {
        break;
      }
      out.append(out.isEmpty() ? "" : "/").append(segments[i]);
    }
    return out.toString();
  }

  /** A star's two-pointer match, with {@code **} as the star and names as the letters. */
  private static boolean matches(String[] segments, String[] names) {
    int s = 0;
    int n = 0;
    int starAt = -1;
    int starName = 0;
    while (n < names.length) {
      if (s < segments.length && segments[s].equals("**")) {
        starAt = s++;
        starName = n;
      } else if (s < segments.length && nameMatches(segments[s], names[n])) {
        s++;
        n++;
      } else if (starAt >= 0) {
        s = starAt + 1;
        n = ++starName;
      } else {
        return false;
      }
    }
    while (s < segments.length && segments[s].equals("**")) {
      s++;
    }
    return s == segments.length;
  }

  private static boolean nameMatches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int starAt = -1;
    int starName = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        starAt = p++;
        starName = n;
        continue;
      }
      int next = p < pattern.length() ? one(pattern, p, name.codePointAt(n)) : -1;
      if (next >= 0) {
        p = next;
        n += Character.charCount(name.codePointAt(n));
      } else if (starAt >= 0) {
        p = starAt + 1;
        n = ++starName;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Where the pattern goes on after it took one character; -1 when it does not take it. */
  private static int one(String pattern, int at, int character) {
    int here = pattern.codePointAt(at);
    int after = at + Character.charCount(here);
    if (here == '?') {
      return after;
    }
    if (here == '[') {
      return inClass(pattern, at, character);
    }
    if (here == '\\' && after < pattern.length()) {
      here = pattern.codePointAt(after);
      after += Character.charCount(here);
    }
    return here == character ? after : -1;
  }

  private static int inClass(String pattern, int open, int character) {
    int at = open + 1;
    boolean negated = pattern.charAt(at) == '!' || pattern.charAt(at) == '^';
    if (negated) {
      at++;
    }
    boolean found = false;
    int first = at;
    while (at == first || pattern.charAt(at) != ']') {
      int low = pattern.codePointAt(at);
      at += Character.charCount(low);
      int high = low;
      if (pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']') {
        high = pattern.codePointAt(at + 1);
        at += 1 + Character.charCount(high);
      }
      found |= character >= low && character <= high;
    }
    return found == negated ? -1 : at + 1;
  }

  private static void checkClasses(String pattern, String segment) {
    for (int i = 0; i < segment.length(); i++) {
      if (segment.charAt(i) == '\\') {
        i++;
      } else if (segment.charAt(i) == '[') {
        int first = i + 1;
        if (first < segment.length() && "!^".indexOf(segment.charAt(first)) >= 0) {
          first++;
        }
        int end = segment.indexOf(']', first + 1);
        if (end < 0) {
          throw invalid(pattern, "a \"[\" has no \"]\"");
        }
        i = end;
      }
    }
  }

  private static void expand(String done, String rest, String pattern, List<String> out) {
    int open = indexOf(rest, '{', 0);
    if (open < 0) {
      if (out.size() == MAX_ALTERNATIVES) {
        throw invalid(
            pattern, "its braces give more than %d alternatives".formatted(MAX_ALTERNATIVES));
      }
      out.add(done + rest);
      return;
    }
    int depth = 0;
    int start = open + 1;
    List<String> choices = new ArrayList<>();
    int close = -1;
    for (int i = open; i < rest.length() && close < 0; i++) {
      char c = rest.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == ',' && depth == 1) {
        choices.add(rest.substring(start, i));
        start = i + 1;
      } else if (c == '}' && --depth == 0) {
        choices.add(rest.substring(start, i));
        close = i;
      }
    }
    if (close < 0) {
      throw invalid(pattern, "a \"{\" has no \"}\"");
    }
    for (String choice : choices) {
      expand(done + rest.substring(0, open), choice + rest.substring(close + 1), pattern, out);
    }
  }

  private static int indexOf(String text, char wanted, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static SandboxException invalid(String pattern, String why) {
    String shown = pattern.length() > 200 ? pattern.substring(0, 200) + "…" : pattern;
    return new SandboxException(
        ErrorCode.INVALID_REQUEST, "not a file pattern: \"%s\"; %s".formatted(shown, why));
  }
}
