package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DiskSpaceTest {
  private final long second = TimeUnit.SECONDS.toNanos(1);
  private DiskUse use = new DiskUse(100, true);
  private long free = 1_000;
  private long now;
  private int walks;

  private final DiskSpace space =
      new DiskSpace(
          () -> {
            walks++;
            now += second;
            return use;
          },
          () -> free,
          () -> now);

  @Test
  void looksOnlyWhenTheFreeSpaceAllowsThatItGrew() {
    assertThat(space.exceeds(200)).isFalse();
    now += 100 * second;
    free = 950;
    use = new DiskUse(150, true);
    assertThat(space.exceeds(200)).isFalse();
    assertThat(walks).isEqualTo(1);
    free = 850;
    use = new DiskUse(250, true);
    assertThat(space.exceeds(200)).isTrue();
    assertThat(walks).isEqualTo(2);
  }

  @Test
  void othersMayFillTheDisk() {
    space.measure();
    now += 10 * second;
    free = 100;
    assertThat(space.exceeds(200)).isFalse();
    assertThat(walks).isEqualTo(2);
  }

  @Test
  void looksAgainTheMoreSeldomTheLongerItTakes() {
    space.measure();
    free = 2_000; // others deleted more than this grew
    use = new DiskUse(250, true);
    now += 19 * second;
    assertThat(space.exceedsForSure(200)).isFalse();
    now += second;
    assertThat(space.exceedsForSure(200)).isTrue();
    assertThat(walks).isEqualTo(2);
  }

  @Test
  void doesNotLookAgainAndAgainWhileOthersFillTheDisk() {
    space.measure();
    free = 0;
    for (int i = 0; i < 10; i++) {
      assertThat(space.exceeds(200)).isFalse();
    }
    assertThat(walks).isEqualTo(1);
  }

  @Test
  void whatIsHiddenFromSightIsTakenFromTheFreeSpace() {
    space.measure();
    use = new DiskUse(110, false);
    free = 600;
    space.measure();
    assertThat(space.used()).isEqualTo(500);
  }

  @Test
  void countsWhatFilesTakeAndFollowsNoLink(@TempDir Path folder) throws Exception {
    Path inside = Files.createDirectories(folder.resolve("a/b"));
    Files.write(inside.resolve("file"), new byte[1 << 20]);
    Files.createSymbolicLink(inside.resolve("up"), folder);
    Files.createSymbolicLink(inside.resolve("usr"), Path.of("/usr"));
    DiskUse measured = DiskUse.of(List.of(folder));
    assertThat(measured.complete()).isTrue();
    assertThat(measured.bytes()).isBetween(1L << 20, (1L << 20) + (64 << 10));
  }

  @Test
  void saysThatItDidNotSeeEverything(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("d/".repeat(70)));
    assertThat(DiskUse.of(List.of(folder)).complete()).isFalse();
  }
}
