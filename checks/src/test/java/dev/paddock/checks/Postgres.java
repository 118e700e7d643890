package dev.paddock.checks;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Whether PostgreSQL can be started here. */
final class Postgres {
  private static final String PROGRAMS = "/postgres-linux-x86_64.txz";

  private Postgres() {}

  static void requirePrograms() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64")
            && Postgres.class.getResource(PROGRAMS) != null,
        "PostgreSQL's programs for tests are there for Linux on amd64 only");
  }
}
