package dev.paddock.store;

import dev.paddock.core.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite's library, which its driver unpacks into a file to load it. The file is removed at once:
 * one that is removed at the end stays when the process is killed.
 */
final class SqliteLibrary {
  private static final String FOLDER = "org.sqlite.tmpdir";

  private SqliteLibrary() {}

  /** Nothing is done where whoever started the process chose a folder. */
  static synchronized void load() {
    if (System.getProperty(FOLDER) != null) {
      return;
    }
    try {
      Path folder = Files.createTempDirectory("paddock-sqlite");
      System.setProperty(FOLDER, folder.toString());
      try {
        SQLiteJDBCLoader.initialize();
      } finally {
        remove(folder);
      }
    } catch (Exception e) { // what the driver declares
      throw new StoreException(
          ErrorCode.PART_MISSING,
          "SQLite's library cannot be loaded: %s; java.io.tmpdir must name a folder that can be written to and from which programs may run"
              .formatted(e.getMessage()),
          e);
    }
  }

  private static void remove(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> inside = Files.list(folder)) {
      files = inside.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}
