package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenLimitTest {
  @Test
  void whatFitsStaysAsItIs() {
    assertThat(TokenLimit.of("abcd", 1, 0)).isEqualTo(new TokenLimit("abcd", OptionalLong.empty()));
    assertThat(TokenLimit.of("", 1, 0)).isEqualTo(new TokenLimit("", OptionalLong.empty()));
  }

  @Test
  void theMiddleGoesAndIsCounted() {
    String text = "start\n" + "x".repeat(4000) + "\nend";
    TokenLimit limited = TokenLimit.of(text, 50, 0);
    assertThat(limited.originalTokens()).hasValue(1003);
    assertThat(limited.text())
        .startsWith("Total output lines: 3\n\nstart\nx")
        .endsWith("x\nend")
        .containsPattern("…9\\d\\d tokens truncated…");
  }

  @Test
  void whatIsMissingAlreadyCounts() {
    assertThat(TokenLimit.of("abc", 10, 4000).originalTokens()).hasValue(1001);
  }

  @Test
  void neverMoreThanAllowedAndNoCharacterInHalves() {
    for (int seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(300);
      for (int i = 0; i < count; i++) {
        text.append(new String[] {"a", "\n", "ä", "€", "😀"}[random.nextInt(5)]);
      }
      int tokens = 1 + random.nextInt(60);
      String limited = TokenLimit.of(text.toString(), tokens, 0).text();
      byte[] bytes = limited.getBytes(StandardCharsets.UTF_8);
      int mark = "…1000 tokens truncated…".getBytes(StandardCharsets.UTF_8).length;
      assertThat(bytes.length).as("seed %d", seed).isLessThanOrEqualTo(Math.max(tokens * 4, mark));
      assertThat(limited).as("seed %d", seed).doesNotContain("\ufffd").doesNotContain("?");
    }
  }
}
