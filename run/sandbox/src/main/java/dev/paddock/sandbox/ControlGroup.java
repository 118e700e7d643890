package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.Hits;
import dev.paddock.sandbox.spi.SandboxReport.Driver;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What bounds all processes of one sandbox together. */
interface ControlGroup extends AutoCloseable {
  /** The limits that it enforces, and by which driver. */
  Map<Limit, Driver> enforced();

  /** Files into which a process writes 0 to join. */
  List<Path> joinFiles();

  /** How often limits were hit since the group was made. */
  Hits hits();

  /** Kills what is left in it and removes it. */
  @Override
  void close();

  /** Where the machine has no usable control groups. */
  ControlGroup NONE =
      new ControlGroup() {
        @Override
        public Map<Limit, Driver> enforced() {
          return Map.of();
        }

        @Override
        public List<Path> joinFiles() {
          return List.of();
        }

        @Override
        public Hits hits() {
          return Hits.NONE;
        }

        @Override
        public void close() {}
      };
}
