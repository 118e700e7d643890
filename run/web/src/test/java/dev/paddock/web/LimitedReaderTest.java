package dev.paddock.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LimitedReaderTest {
  @Test
  void itEndsWhenItsTimeIsOver() throws IOException {
    char[] some = new char[10];
    try (LimitedReader reader = new LimitedReader(new StringReader("abc"), Duration.ofDays(1))) {
      assertThat(reader.read(some)).isEqualTo(3);
    }
    try (LimitedReader late = new LimitedReader(new StringReader("abc"), Duration.ofNanos(-1))) {
      assertThat(late.read(some)).isEqualTo(-1);
    }
  }

  @Test
  void itEndsForAThreadThatIsToStop() throws IOException {
    Thread.currentThread().interrupt();
    try (LimitedReader reader = new LimitedReader(new StringReader("abc"), Duration.ofDays(1))) {
      assertThat(reader.read(new char[10])).isEqualTo(-1);
    }
    assertThat(Thread.interrupted()).isTrue();
  }
}
