package dev.paddock.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk, as control groups name it.
 *
 * @param major as in {@code /proc/partitions}
 */
public record BlockDevice(long major, long minor) {
  private static final Path DEVICES = Path.of("/sys/dev/block");

  /**
   * The disk on which a file lies; empty where its file system has none of its own, such as tmpfs,
   * btrfs and overlays.
   */
  public static Optional<BlockDevice> of(Path file) throws IOException {
    long device = (Long) Files.getAttribute(file, "unix:dev");
    BlockDevice found =
        new BlockDevice(
            (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL),
            (device & 0xff) | (device >>> 12 & 0xffffff00L));
    Path shown = DEVICES.resolve(found.toString());
    if (!Files.exists(shown)) {
      return Optional.empty();
    }
    // groups limit whole disks, a partition's folder lies in its disk's
    if (Files.exists(shown.resolve("partition"))) {
      return Optional.of(parse(Files.readString(shown.toRealPath().resolveSibling("dev")).strip()));
    }
    return Optional.of(found);
  }

  private static BlockDevice parse(String text) {
    String[] numbers = text.split(":", 2);
    return new BlockDevice(Long.parseLong(numbers[0]), Long.parseLong(numbers[1]));
  }

  /** The device's file. */
  public Path file() throws IOException {
    return Files.readAllLines(DEVICES.resolve(toString()).resolve("uevent")).stream()
        .filter(line -> line.startsWith("DEVNAME="))
        .map(line -> Path.of("/dev", line.substring("DEVNAME=".length())))
        .findFirst()
        .orElseThrow(() -> new IOException("the disk " + this + " has no name"));
  }

  /** {@code major:minor} */
  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
