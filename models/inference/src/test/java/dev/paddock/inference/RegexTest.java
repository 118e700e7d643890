package dev.paddock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Random expressions beside the JDK's engine. */
final class RegexTest {
  private static final List<String> ATOMS =
      List.of("a", "b", "c", "[ab]", "[^a]", "\\d", "\\w", "é", "(?:ab|c)", "\\x41", "[a-c1-3]");
  private final Random random = new Random(23);

  private String expression(int depth) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      out.append(
          depth > 0 && random.nextInt(3) == 0
              ? "(" + expression(depth - 1) + ")"
              : ATOMS.get(random.nextInt(ATOMS.size())));
      out.append(List.of("", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,}").get(random.nextInt(9)));
    }
    return depth > 0 && random.nextInt(3) == 0 ? out + "|" + expression(depth - 1) : out.toString();
  }

  private String text() {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(7); i > 0; i--) {
      out.append("abcA1_é\"\\ 日".charAt(random.nextInt(11)));
    }
    return out.toString();
  }

  @Test
  void agreesWithAnotherEngine() {
    for (int i = 0; i < 300; i++) {
      String body = expression(2);
      String expression =
          (random.nextBoolean() ? "^(" : "(") + body + (random.nextBoolean() ? ")$" : ")");
      Dfa ours = Regex.search(expression);
      Pattern theirs = Pattern.compile(expression);
      for (int j = 0; j < 60; j++) {
        String text = text();
        assertThat(ours.matches(ObjectCube.contents(text)))
            .as("%s in %s", expression, text)
            .isEqualTo(theirs.matcher(text).find());
      }
    }
  }

  @Test
  void holdsOnlyWholeCharacters() {
    for (String expression : List.of("", "^\\p{L}+$", "[^\u0000-\u00ff]", "\\P{Nd}")) {
      Dfa language = Regex.search(expression);
      for (int c = 0; c <= Character.MAX_CODE_POINT; c += random.nextInt(1, 900)) {
        if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
          String text = Character.toString(c);
          boolean expected =
              Pattern.compile(expression.replace("\\p{Lu}", "")).matcher(text).find();
          assertThat(language.matches(ObjectCube.contents(text)))
              .as("%s in U+%04X", expression, c)
              .isEqualTo(expected);
        }
      }
      assertThat(language.matches(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80})).isFalse();
      assertThat(language.matches(new byte[] {(byte) 0xc0, (byte) 0xaf})).isFalse();
      assertThat(language.matches(new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}))
          .isFalse();
    }
  }
}
