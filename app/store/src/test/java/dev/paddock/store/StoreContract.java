package dev.paddock.store;

import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Gives each test of a contract an empty store. */
abstract class StoreContract {
  final TestingClock clock = new TestingClock();

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path home;

  @SuppressWarnings("NullAway.Init")
  Store store;

  /** Opens the same store each time. */
  abstract Store open(Path home, Clock clock);

  @BeforeEach
  void openStore() {
    store = open(home, clock);
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  final void reopen() {
    store.close();
    store = open(home, clock);
  }
}
