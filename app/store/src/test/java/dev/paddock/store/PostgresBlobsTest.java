package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;

final class PostgresBlobsTest extends BlobsContract {
  @Override
  Store open(Path home, Clock clock) {
    return TestingPostgres.open(home, clock);
  }
}
