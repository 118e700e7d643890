package dev.paddock.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BytePipeTest {
  private final BytePipe pipe = new BytePipe();

  @Test
  void carriesEveryByteInOrder() throws Exception {
    byte[] bytes = new byte[3_000_000];
    Random random = new Random(5);
    random.nextBytes(bytes);
    FutureTask<Void> writing =
        new FutureTask<>(
            () -> {
              try (OutputStream out = pipe.out()) {
                for (int at = 0; at < bytes.length; ) {
                  int length = Math.min(random.nextInt(200_000), bytes.length - at);
                  out.write(bytes, at, length);
                  at += length;
                }
              }
              return null;
            });
    Thread.ofVirtual().start(writing);
    assertThat(pipe.in().readAllBytes()).isEqualTo(bytes);
    writing.get(10, TimeUnit.SECONDS);
    assertThat(pipe.in().read()).isEqualTo(-1);
  }

  @Test
  void refusesWhatNobodyWillRead() throws IOException {
    pipe.in().close();
    assertThatThrownBy(() -> pipe.out().write(1)).isInstanceOf(IOException.class);
  }

  @Test
  void leavesOutWhatFindsNoRoomWhenItIsHurried() throws IOException {
    pipe.hurry();
    pipe.out().write(new byte[1 << 20]);
    pipe.out().close();
    assertThat(pipe.in().readAllBytes()).hasSize(64 << 10);
  }
}
