package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathTextTest {
  @Test
  void usualNamesStandAsTheyAre() {
    for (String name :
        new String[] {"a.txt", "Übersicht 2026.pdf", "emoji 👩‍🚀", "back\\slash", "-rf"}) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      assertThat(PathText.encode(bytes)).isEqualTo(name);
      assertThat(PathText.decode(name)).isEqualTo(bytes);
    }
  }

  @Test
  void whatBreaksALineOrIsNoUtf8IsEscaped() {
    assertThat(PathText.encode(new byte[] {'a', '\n', 'b'})).isEqualTo("a\\x0ab");
    assertThat(PathText.encode(new byte[] {'c', (byte) 0xe9})).isEqualTo("c\\xe9");
    assertThat(PathText.encode("a\u202eb".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("a\\xe2\\x80\\xaeb");
    assertThat(PathText.encode("\\x41".getBytes(StandardCharsets.UTF_8))).isEqualTo("\\x5cx41");
    assertThat(PathText.decode("c\\xe9")).isEqualTo(new byte[] {'c', (byte) 0xe9});
    assertThat(PathText.decode("a\nb")).isEqualTo(new byte[] {'a', '\n', 'b'});
  }

  @Test
  void everyNameHasATextThatNamesItAlone() {
    Random random = new Random(7);
    byte[] alphabet = "\\x0aA4-Ã€é\n\u2028".getBytes(StandardCharsets.UTF_8);
    for (int round = 0; round < 20_000; round++) {
      byte[] name = new byte[1 + random.nextInt(12)];
      for (int i = 0; i < name.length; i++) {
        byte any = (byte) (1 + random.nextInt(255));
        name[i] = random.nextBoolean() ? alphabet[random.nextInt(alphabet.length)] : any;
        if (name[i] == '/' || name[i] == 0) {
          name[i] = 'x';
        }
      }
      String text = PathText.encode(name);
      assertThat(PathText.decode(text)).as(text).isEqualTo(name);
      assertThat(text.lines().count()).isEqualTo(1);
      assertThat(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
          .isEqualTo(text);
    }
  }

  @Test
  void whatIsNoPathIsRefused() {
    for (String text : new String[] {"a\0b", "a\\x00b", "a\\x2fb", "\ud800", "a".repeat(4096)}) {
      assertThatExceptionOfType(SandboxException.class)
          .isThrownBy(() -> PathText.decode(text))
          .withMessageStartingWith("not a path");
    }
  }
}
