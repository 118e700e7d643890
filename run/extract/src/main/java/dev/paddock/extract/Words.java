package dev.paddock.extract;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words as labels are compared: without case and accents, "n°" read as "no", "#" a word. */
final class Words {
  private static final Pattern WORD = Pattern.compile("\\p{L}+(?:'\\p{L}+)?|#|\\d+");
  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern TWO_LETTERS = Pattern.compile("\\p{L}{2}");

  private Words() {}

  static String fold(String text) {
    String plain =
        Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFKD)
            .replace("ß", "ss")
            .replace('’', '\'')
            .replace('°', 'o');
    return MARKS.matcher(plain).replaceAll("");
  }

  static List<String> of(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(fold(text));
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }

  /** Whether there is a word of two letters or more. */
  static boolean any(String text) {
    return TWO_LETTERS.matcher(text).find();
  }
}
