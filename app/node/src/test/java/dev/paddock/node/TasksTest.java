package dev.paddock.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TasksTest {
  @Test
  void aTitleEndsBetweenCharacters() {
    assertThat(Tasks.title(" Sum it up.\n")).isEqualTo("Sum it up.");
    assertThat(Tasks.title("a".repeat(81))).isEqualTo("a".repeat(80));
    assertThat(Tasks.title("a".repeat(79) + "😀")).isEqualTo("a".repeat(79));
    assertThat(Tasks.title("😀".repeat(80))).isEqualTo("😀".repeat(40));
  }
}
