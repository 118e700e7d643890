package dev.paddock.inference;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Parses what of ECMAScript's regular expressions (with the {@code u} flag) names a regular
 * language. Lookahead is for the beginning only; back references, lookbehind and word boundaries
 * are refused.
 */
final class RegexParser {
  private static final int MAX_LENGTH = 10_000;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_REPEAT = 10_000;

  private static final CharSet DIGIT = CharSet.of('0', '9');
  private static final CharSet WORD =
      DIGIT.union(CharSet.of('a', 'z')).union(CharSet.of('A', 'Z')).union(CharSet.ofChars("_"));
  private static final CharSet SPACE =
      CharSet.ofChars("\t\u000b\f \u00a0\ufeff\n\r\u2028\u2029")
          .union(CharSet.ofChars("\u1680\u202f\u205f\u3000"))
          .union(CharSet.of(0x2000, 0x200a));
  private static final CharSet LINE_END = CharSet.ofChars("\n\r\u2028\u2029");

  private final int[] pattern;
  private int at;
  private int depth;

  RegexParser(String pattern) {
    if (pattern.length() > MAX_LENGTH) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED, "the expression is longer than " + MAX_LENGTH + " characters");
    }
    this.pattern = pattern.codePoints().toArray();
  }

  Regex parse() {
    Regex regex = choice();
    if (at < pattern.length) {
      throw malformed("unmatched )");
    }
    return regex;
  }

  private Regex choice() {
    if (++depth > MAX_DEPTH) {
      throw malformed("groups nested deeper than " + MAX_DEPTH);
    }
    List<Regex> branches = new ArrayList<>(List.of(sequence()));
    while (eat('|')) {
      branches.add(sequence());
    }
    depth--;
    return branches.size() == 1 ? branches.getFirst() : new Regex.Choice(branches);
  }

  private Regex sequence() {
    List<Regex> parts = new ArrayList<>();
    while (at < pattern.length && pattern[at] != '|' && pattern[at] != ')') {
      parts.add(quantified(atom()));
    }
    return parts.size() == 1 ? parts.getFirst() : new Regex.Sequence(parts);
  }

  private Regex quantified(Regex atom) {
    if (at >= pattern.length) {
      return atom;
    }
    int min;
    int max;
    switch (pattern[at]) {
      case '*' -> {
        at++;
        min = 0;
        max = Regex.UNBOUNDED;
      }
      case '+' -> {
        at++;
        min = 1;
        max = Regex.UNBOUNDED;
      }
      case '?' -> {
        at++;
        min = 0;
        max = 1;
      }
      case '{' -> {
        at++;
        min = number();
        max = min;
        if (eat(',')) {
          max = at < pattern.length && pattern[at] == '}' ? Regex.UNBOUNDED : number();
        }
        require('}');
        if (max != Regex.UNBOUNDED && max < min) {
          throw malformed("numbers out of order in {}");
        }
      }
      default -> {
        return atom;
      }
    }
    eat('?'); // lazy or not, the language is the same
    if (atom instanceof Regex.Start || atom instanceof Regex.End || atom instanceof Regex.Look) {
      throw malformed("nothing to repeat");
    }
    return new Regex.Repeat(atom, min, max);
  }

  private int number() {
    int value = 0;
    int from = at;
    while (at < pattern.length && DIGIT.contains(pattern[at])) {
      value = Math.min(value * 10 + pattern[at++] - '0', MAX_REPEAT + 1);
    }
    if (at == from) {
      throw malformed("{ without a number; write \\{ for the character");
    }
    if (value > MAX_REPEAT) {
      throw new ModelException(
          ErrorCode.LIMIT_EXCEEDED, "a repetition is larger than " + MAX_REPEAT);
    }
    return value;
  }

  private Regex atom() {
    int c = pattern[at++];
    return switch (c) {
      case '^' -> new Regex.Start();
      case '$' -> new Regex.End();
      case '.' -> new Regex.Chars(LINE_END.complement());
      case '[' -> new Regex.Chars(bracket());
      case '(' -> group();
      case '\\' -> escaped();
      case '*', '+', '?', '{' -> throw malformed("nothing to repeat");
      default -> literal(c);
    };
  }

  private static Regex literal(int c) {
    return new Regex.Chars(CharSet.of(c, c));
  }

  private Regex group() {
    if (eat('?')) {
      if (eat('=')) {
        return look(false);
      }
      if (eat('!')) {
        return look(true);
      }
      if (eat('<')) {
        if (at < pattern.length && (pattern[at] == '=' || pattern[at] == '!')) {
          throw unsupported("lookbehind");
        }
        while (at < pattern.length && WORD.contains(pattern[at])) {
          at++;
        }
        require('>');
      } else if (!eat(':')) {
        throw unsupported("the group (?" + (at < pattern.length ? show(pattern[at]) : ""));
      }
    }
    Regex body = choice();
    require(')');
    return body;
  }

  private Regex look(boolean negative) {
    Regex body = choice();
    require(')');
    return new Regex.Look(body, negative);
  }

  private Regex escaped() {
    if (at >= pattern.length) {
      throw malformed("\\ at the end");
    }
    int c = pattern[at];
    if (c == 'b' || c == 'B') {
      throw unsupported("\\" + show(c));
    }
    if (c >= '1' && c <= '9' || c == 'k') {
      throw unsupported("a back reference");
    }
    return new Regex.Chars(escapedSet());
  }

  /** After a backslash, in or out of brackets. */
  private CharSet escapedSet() {
    int c = pattern[at++];
    return switch (c) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.complement();
      case 'w' -> WORD;
      case 'W' -> WORD.complement();
      case 's' -> SPACE;
      case 'S' -> SPACE.complement();
      case 'p' -> property();
      case 'P' -> property().complement();
      case 't' -> CharSet.ofChars("\t");
      case 'n' -> CharSet.ofChars("\n");
      case 'r' -> CharSet.ofChars("\r");
      case 'f' -> CharSet.ofChars("\f");
      case 'v' -> CharSet.ofChars("\u000b");
      case '0' -> CharSet.of(0, 0);
      case 'x' -> code(2);
      case 'u' -> unicode();
      case 'c' -> {
        if (at >= pattern.length || !WORD.contains(pattern[at])) {
          throw malformed("\\c without a letter");
        }
        int control = pattern[at++] % 32;
        yield CharSet.of(control, control);
      }
      default -> {
        if (WORD.contains(c)) {
          throw malformed("unknown escape \\" + show(c));
        }
        yield CharSet.of(c, c);
      }
    };
  }

  private CharSet unicode() {
    if (!eat('{')) {
      int unit = hex(4);
      boolean low =
          at + 1 < pattern.length
              && pattern[at] == '\\'
              && pattern[at + 1] == 'u'
              && unit >= 0xd800;
      if (low && unit <= 0xdbff) {
        at += 2;
        int second = hex(4);
        if (second < 0xdc00 || second > 0xdfff) {
          throw malformed("a lone surrogate");
        }
        int c = Character.toCodePoint((char) unit, (char) second);
        return CharSet.of(c, c);
      }
      return CharSet.of(unit, unit);
    }
    int value = 0;
    while (at < pattern.length && pattern[at] != '}') {
      value = value * 16 + digit();
      if (value > Character.MAX_CODE_POINT) {
        throw malformed("no such character in \\u{}");
      }
    }
    require('}');
    return CharSet.of(value, value);
  }

  private CharSet code(int digits) {
    int c = hex(digits);
    return CharSet.of(c, c);
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      value = value * 16 + digit();
    }
    return value;
  }

  private int digit() {
    int value = at < pattern.length ? Character.digit(pattern[at], 16) : -1;
    if (value < 0) {
      throw malformed("not a hexadecimal digit");
    }
    at++;
    return value;
  }

  private CharSet property() {
    require('{');
    StringBuilder name = new StringBuilder();
    while (at < pattern.length && pattern[at] != '}') {
      name.appendCodePoint(pattern[at++]);
    }
    require('}');
    String wanted = name.toString().replaceFirst("^(General_Category|gc)=", "");
    return UnicodeProperty.find(wanted)
        .orElseThrow(() -> unsupported("\\p{" + name.toString().toLowerCase(Locale.ROOT) + "}"));
  }

  private CharSet bracket() {
    boolean negated = eat('^');
    CharSet set = CharSet.NONE;
    while (at < pattern.length && pattern[at] != ']') {
      CharSet first = member();
      if (at + 1 < pattern.length && pattern[at] == '-' && pattern[at + 1] != ']') {
        at++;
        CharSet last = member();
        set = set.union(range(first, last));
      } else {
        set = set.union(first);
      }
    }
    require(']');
    return negated ? set.complement() : set;
  }

  private CharSet range(CharSet first, CharSet last) {
    int from = single(first);
    int to = single(last);
    if (from > to) {
      throw malformed("range out of order in []");
    }
    return CharSet.of(from, to);
  }

  private int single(CharSet set) {
    if (set.ranges().size() != 1
        || set.ranges().getFirst().first() != set.ranges().getFirst().last()) {
      throw malformed("a range in [] needs one character on each side");
    }
    return set.ranges().getFirst().first();
  }

  private CharSet member() {
    int c = pattern[at++];
    if (c != '\\') {
      return CharSet.of(c, c);
    }
    if (at >= pattern.length) {
      throw malformed("\\ at the end");
    }
    if (pattern[at] == 'b') {
      at++;
      return CharSet.ofChars("\b");
    }
    return escapedSet();
  }

  private boolean eat(int c) {
    if (at < pattern.length && pattern[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  private void require(int c) {
    if (!eat(c)) {
      throw malformed("missing " + show(c));
    }
  }

  private static String show(int c) {
    return Character.toString(c);
  }

  private ModelException malformed(String why) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST,
        "is no regular expression: " + why + " at character " + Math.min(at, pattern.length));
  }

  static ModelException unsupported(String what) {
    return new ModelException(
        ErrorCode.INVALID_REQUEST, "uses " + what + ", which cannot be enforced");
  }
}
