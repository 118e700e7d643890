package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class CaptureTest {
  private static String text(Capture capture) {
    return new String(capture.bytes(), StandardCharsets.UTF_8);
  }

  private static void write(Capture capture, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    capture.write(bytes, 0, bytes.length);
  }

  @Test
  void keepsWhatFits() {
    Capture capture = new Capture(10);
    write(capture, "01234");
    write(capture, "56789");
    assertThat(text(capture)).isEqualTo("0123456789");
    assertThat(capture.truncated()).isFalse();
  }

  @Test
  void saysHowMuchIsMissing() {
    Capture capture = new Capture(4);
    write(capture, "0123456789");
    assertThat(text(capture)).isEqualTo("01\n[... 6 bytes left out ...]\n89");
    assertThat(capture.truncated()).isTrue();
    Capture none = new Capture(0);
    write(none, "gone");
    assertThat(text(none)).isEqualTo("\n[... 4 bytes left out ...]\n");
  }

  @Test
  void cutsNoCharacterInTwo() {
    for (int limit = 0; limit < 24; limit++) {
      Capture capture = new Capture(limit);
      write(capture, "aé€😀".repeat(10));
      assertThat(text(capture)).doesNotContain("�");
    }
  }

  @Test
  void keepsTheSameForAnySizeOfPieces() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    for (int round = 0; round < 2000; round++) {
      int limit = random.nextInt(200);
      byte[] all = new byte[random.nextInt(600)];
      random.nextBytes(all);
      for (int i = 0; i < all.length; i++) {
        all[i] &= 0x7F;
      }
      Capture capture = new Capture(limit);
      for (int at = 0; at < all.length; ) {
        int piece = Math.min(all.length - at, 1 + random.nextInt(300));
        capture.write(all, at, piece);
        at += piece;
      }
      assertThat(capture.bytes()).isEqualTo(expected(all, limit));
      assertThat(capture.total()).isEqualTo(all.length);
    }
  }

  private static byte[] expected(byte[] all, int limit) {
    if (all.length <= limit) {
      return all;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(all, 0, limit - limit / 2);
    bytes.writeBytes(
        ("\n[... " + (all.length - limit) + " bytes left out ...]\n")
            .getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(Arrays.copyOfRange(all, all.length - limit / 2, all.length));
    return bytes.toByteArray();
  }
}
