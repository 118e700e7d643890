package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;

final class SqliteLogTest extends LogContract {
  @Override
  Store open(Path home, Clock clock) {
    return SqliteStore.open(home, home.resolve("files"), clock);
  }
}
