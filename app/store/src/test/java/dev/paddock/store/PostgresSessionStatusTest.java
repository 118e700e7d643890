package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;

final class PostgresSessionStatusTest extends SessionStatusContract {
  @Override
  Store open(Path home, Clock clock) {
    return TestingPostgres.open(home, clock);
  }
}
