package dev.paddock.extract;

import java.util.ArrayList;
import java.util.List;

/**
 * A phrase that names a value where it stands in a document, such as {@code Invoice no}. In its
 * written form {@code *} at an end of a word stands for any letters, a closing {@code ?} marks a
 * weak label, a closing {@code !} one that outranks the others.
 */
record Label(List<String> words, double strength) {
  private static final double STRONG = 1.6;
  private static final double PLAIN = 1.0;
  private static final double WEAK = 0.5;

  static Label parse(String written) {
    String text = written.strip();
    boolean weak = text.endsWith("?");
    boolean strong = text.endsWith("!");
    if (weak || strong) {
      text = text.substring(0, text.length() - 1);
    }
    List<String> words = new ArrayList<>();
    for (String part : text.strip().split("\\s+")) {
      words.addAll(globbed(part));
    }
    if (words.isEmpty()) {
      throw ExtractException.invalid("a label needs a word: \"%s\"".formatted(written));
    }
    return new Label(List.copyOf(words), weak ? WEAK : strong ? STRONG : PLAIN);
  }

  private static List<String> globbed(String part) {
    List<String> words = new ArrayList<>(Words.of(part));
    if (!words.isEmpty() && part.startsWith("*")) {
      words.set(0, "*" + words.getFirst());
    }
    if (!words.isEmpty() && part.length() > 1 && part.endsWith("*")) {
      words.set(words.size() - 1, words.getLast() + "*");
    }
    return words;
  }

  /** Letters that the phrase pins down. */
  int length() {
    return words.stream().mapToInt(String::length).sum();
  }

  boolean matchesAt(List<String> text, int from) {
    if (from + words.size() > text.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      if (!matches(words.get(i), text.get(from + i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean matches(String pattern, String word) {
    boolean anyStart = pattern.startsWith("*");
    boolean anyEnd = pattern.endsWith("*");
    String core =
        pattern.substring(anyStart ? 1 : 0, anyEnd ? pattern.length() - 1 : pattern.length());
    if (anyStart && anyEnd) {
      return word.contains(core);
    }
    return anyStart ? word.endsWith(core) : anyEnd ? word.startsWith(core) : word.equals(core);
  }
}
