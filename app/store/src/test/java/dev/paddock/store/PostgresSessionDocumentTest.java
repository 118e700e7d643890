package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;

final class PostgresSessionDocumentTest extends SessionDocumentContract {
  @Override
  Store open(Path home, Clock clock) {
    return TestingPostgres.open(home, clock);
  }
}
