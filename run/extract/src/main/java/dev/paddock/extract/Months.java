package dev.paddock.extract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Month names of several languages. */
final class Months {
  private static final Map<String, Integer> NUMBERS = load();

  private Months() {}

  /** A regular expression of every name, the longest first. */
  static String alternatives() {
    return NUMBERS.keySet().stream()
        .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(n -> n))
        .map(Pattern::quote)
        .collect(Collectors.joining("|"));
  }

  static Optional<Integer> number(String name) {
    return Optional.ofNullable(NUMBERS.get(name.toLowerCase(Locale.ROOT)));
  }

  private static Map<String, Integer> load() {
    Map<String, Integer> numbers = new HashMap<>();
    try (InputStream in = Months.class.getResourceAsStream("months.txt")) {
      if (in == null) {
        throw new IllegalStateException("months.txt is missing from the jar");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] parts = line.split(" ");
          for (int i = 1; i < parts.length; i++) {
            numbers.put(parts[i], Integer.parseInt(parts[0]));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(numbers);
  }
}
