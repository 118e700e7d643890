package dev.paddock.sandbox;

import dev.paddock.core.spi.Blobs;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The files that a session has left in {@code /workspace/outputs}, by their path below it, each
 * stored as a blob.
 *
 * @param skipped links, special files and what is beyond the limits
 */
public record OutputFiles(Map<String, Manifest.Entry> files, List<Skipped> skipped) {
  public static final OutputFiles NONE = new OutputFiles(Map.of(), List.of());

  private static final String FOLDER = "outputs";

  /**
   * Within it a file can change twice and keep its change time, so one that changed so recently is
   * read again the next time.
   */
  private static final Duration CLOCK_TICK = Duration.ofMillis(50);

  /**
   * Collects them. A file that nothing touched since {@code before} is not read again.
   *
   * @param before what was collected the last time
   */
  public static OutputFiles collect(
      Workspace workspace, Blobs blobs, OutputFiles before, TransferLimits limits) {
    return collect(workspace, blobs, before, limits, Instant.now());
  }

  static OutputFiles collect(
      Workspace workspace, Blobs blobs, OutputFiles before, TransferLimits limits, Instant now) {
    long settled = now.minus(CLOCK_TICK).toEpochMilli() * 1_000_000;
    OutputFiles found = new OutputFiles(new TreeMap<>(), new ArrayList<>());
    try {
      TreeListing listing =
          TreeListing.of(workspace.root(), FOLDER, false, limits.maxEntries(), folder -> true);
      found.skipped.addAll(listing.skipped());
      if (!listing.complete()) {
        found.skip(
            FOLDER,
            "more than %,d files and folders; the rest was left out"
                .formatted(limits.maxEntries()));
      }
      long room = limits.maxBytes();
      for (TreeListing.Entry entry : listing.entries()) {
        if (entry.kind() == FileKind.FILE) {
          room -=
              found.add(
                  workspace,
                  blobs,
                  before,
                  entry.path(),
                  Math.min(room, limits.maxFileBytes()),
                  settled);
        } else if (entry.kind() != FileKind.FOLDER) {
          found.skip(entry.path(), "it is " + entry.kind().text());
        }
      }
    } catch (Errno e) {
      if (!e.is(Errno.ENOENT)) {
        found.skip(FOLDER, e.text());
      }
    }
    return new OutputFiles(Collections.unmodifiableMap(found.files), List.copyOf(found.skipped));
  }

  /** How many bytes the file adds. */
  private long add(
      Workspace workspace,
      Blobs blobs,
      OutputFiles before,
      String path,
      long maxBytes,
      long settled) {
    String name = path.substring(FOLDER.length() + 1);
    try (FileReader file = workspace.root().read(path, false)) {
      Stat stat = file.stat();
      if (stat.size() > maxBytes) {
        skip(path, "it has %,d bytes, and %,d are left".formatted(stat.size(), maxBytes));
        return 0;
      }
      Optional<Manifest.Entry> known =
          Optional.ofNullable(before.files.get(name))
              .filter(entry -> entry.untouched(stat) && blobs.contains(entry.sha256()));
      String sha256 = known.isPresent() ? known.get().sha256() : blobs.put(file);
      Manifest.Entry entry = Manifest.Entry.of(stat, sha256);
      files.put(name, entry.changed() < settled ? entry : entry.alwaysTouched());
      return stat.size();
    } catch (IOException e) {
      skipped.add(Skipped.of(path, e));
    }
    return 0;
  }

  private void skip(String path, String reason) {
    skipped.add(new Skipped(path, reason));
  }
}
