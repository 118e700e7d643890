package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The list of attacks in {@code docs/sandbox.md} names a test for every number, each test of the
 * list is there, and each attack that the sources have stands in the list.
 */
@Tag("rules")
class AttackListTest {
  private static final Path ROOT = Program.root();
  private static final Pattern ROW =
      Pattern.compile("\\| (\\d+) \\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\|");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)\\.(attack\\d\\d\\w*)`");
  private static final Pattern METHOD = Pattern.compile("void (attack(\\d\\d)\\w*)\\(");

  @Test
  void everyNumberHasItsTests() throws IOException {
    Map<Integer, Set<String>> sources = sources();
    Map<Integer, Set<String>> listed = listed();
    Set<Integer> wanted = new TreeSet<>();
    for (int number = 1; number <= 45; number++) {
      wanted.add(number);
    }
    wanted.addAll(List.of(51, 52));
    assertThat(listed.keySet()).containsExactlyElementsOf(wanted);
    assertThat(listed).isEqualTo(sources);
  }

  private static Map<Integer, Set<String>> listed() throws IOException {
    Map<Integer, Set<String>> listed = new TreeMap<>();
    for (String line : Files.readAllLines(ROOT.resolve("docs/sandbox-attacks.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        assertThat(row.group(2)).as("local tests of %s", row.group(1)).containsPattern(NAMED);
        Matcher named = NAMED.matcher(row.group(2) + row.group(3));
        while (named.find()) {
          listed
              .computeIfAbsent(Integer.valueOf(row.group(1)), none -> new TreeSet<>())
              .add(named.group(1) + "." + named.group(2));
        }
      }
    }
    return listed;
  }

  private static Map<Integer, Set<String>> sources() throws IOException {
    Map<Integer, Set<String>> found = new TreeMap<>();
    for (Path source : tests()) {
      String name = String.valueOf(source.getFileName()).replace(".java", "");
      Matcher method = METHOD.matcher(Files.readString(source));
      while (method.find()) {
        found
            .computeIfAbsent(Integer.valueOf(method.group(2)), none -> new TreeSet<>())
            .add(name + "." + method.group(1));
      }
    }
    return found;
  }

  private static List<Path> tests() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String part : List.of("run", "app", "checks")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(part))) {
        files
            .filter(file -> file.toString().endsWith("Test.java"))
            .filter(file -> file.toString().contains("/src/test/java/"))
            .forEach(all::add);
      }
    }
    return all;
  }
}
