package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "*.txt a.txt true",
        "*.txt a/b.txt false",
        "**/*.txt a.txt true",
        "**/*.txt a/b/c.txt true",
        "**/*.txt a/b/c.md false",
        "** a/b true",
        "src/** src/a/b true",
        "src/** src true",
        "src/**/test/*.java src/test/A.java true",
        "src/**/test/*.java src/x/y/test/A.java true",
        "src/**/test/*.java src/x/y/test/z/A.java false",
        "*.{java,kt} A.kt true",
        "*.{java,kt} A.md false",
        "{a,b{c,d}}/* bd/x true",
        "?.txt ü.txt true",
        "?.txt 👩.txt true",
        "[a-c]x bx true",
        "[!a-c]x bx false",
        "[]a]x ]x true",
        "\\*.txt *.txt true",
        "\\*.txt a.txt false",
        "*a*b*c xxaxxbxxc true",
        "* .hidden true",
        "./a//b a/b true",
        "**/a/**/b a/a/b true",
      })
  void matches(String pattern, String path, boolean expected) {
    assertThat(Glob.of(pattern).matches(path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {"src/main/*.java src/main", "src/{a,b}/*.x src", "a/b/c a/b", "{a/x,a/y}/z a"})
  void knowsTheFolderThatHoldsEveryMatch(String pattern, String folder) {
    assertThat(Glob.of(pattern).folder()).isEqualTo(folder);
  }

  @Test
  void noFolderHoldsEveryMatchOfAnOpenPattern() {
    assertThat(Glob.of("**/*.java").folder()).isEmpty();
    assertThat(Glob.of("{a,b}/c").folder()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[a",
        "{a,b",
        "a/../b",
        "..",
        "",
        "[",
        "[!",
        "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}"
      })
  void refusesWhatHasNoMeaning(String pattern) {
    assertThatExceptionOfType(SandboxException.class)
        .isThrownBy(() -> Glob.of(pattern))
        .withMessageStartingWith("not a file pattern");
  }

  @Test
  void aHostilePatternTakesNoExponentialTime() {
    Glob glob = Glob.of("*a".repeat(199) + "b");
    assertThat(glob.matches("a".repeat(255))).isFalse();
    assertThat(Glob.of("**/a/".repeat(60) + "b").matches("a/".repeat(1000) + "c")).isFalse();
  }
}
