package dev.paddock.sandbox;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import dev.paddock.core.CoreException;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a snapshot holds. Its blob is this as JSON, compressed; the blob's address is the snapshot's
 * digest. The parts, one behind the other, are one archive of {@code tar} in {@code zstd}.
 *
 * @param entries in the archive's order
 * @param parts addresses of blobs
 * @param skipped what was left out, at most {@link #MAX_SKIPPED}
 * @param skippedCount how much was left out
 */
public record SnapshotManifest(
    int version,
    List<TreeEntry> entries,
    List<Part> parts,
    List<Skipped> skipped,
    int skippedCount) {
  static final int VERSION = 1;
  static final int MAX_SKIPPED = 1_000;

  /** One address looks like another: more would not fit into the largest snapshot. */
  private static final int MAX_PARTS = 100_000;

  private static final long MAX_JSON = 256L << 20;
  private static final int LEVEL = 3;

  /**
   * @param sha256 address of a blob that is a whole zstd frame
   * @param size bytes of the archive that it holds
   */
  public record Part(String sha256, long size) {}

  public SnapshotManifest {
    entries = List.copyOf(entries);
    parts = List.copyOf(parts);
    skipped = List.copyOf(skipped);
  }

  static SnapshotManifest of(TreeScan.Scanned scanned, List<Part> parts) {
    List<Skipped> left = scanned.skipped();
    return new SnapshotManifest(
        VERSION,
        scanned.entries(),
        parts,
        left.subList(0, Math.min(MAX_SKIPPED, left.size())),
        left.size());
  }

  /** Regular files; a file's further names are not counted. */
  public int files() {
    return (int) entries.stream().filter(e -> e.kind() == TreeEntry.Kind.FILE).count();
  }

  public long bytes() {
    return entries.stream().mapToLong(TreeEntry::size).sum();
  }

  byte[] compressed() {
    return Zstd.compress(Json.bytes(this), LEVEL);
  }

  /** Reads and checks one that anybody may have made. */
  static SnapshotManifest read(byte[] compressed, SnapshotLimits limits) {
    try {
      long size = Zstd.getFrameContentSize(compressed);
      if (size < 0 || size > MAX_JSON) {
        throw damaged("it is no manifest");
      }
      SnapshotManifest manifest =
          Json.read(Zstd.decompress(compressed, (int) size), SnapshotManifest.class);
      manifest.require(limits);
      return manifest;
    } catch (ZstdException | CoreException | NullPointerException | IllegalArgumentException e) {
      throw new SandboxException(
          ErrorCode.CORRUPT, "the snapshot's manifest is damaged: " + e.getMessage(), e);
    }
  }

  private void require(SnapshotLimits limits) {
    if (version != VERSION) {
      throw new SandboxException(
          version > VERSION ? ErrorCode.NEWER_VERSION : ErrorCode.CORRUPT,
          "the snapshot has version %d and this Paddock reads %d".formatted(version, VERSION));
    }
    if (parts.size() > MAX_PARTS) {
      throw damaged("it has %,d parts".formatted(parts.size()));
    }
    TreeBudget budget = new TreeBudget(limits, "the snapshot");
    Set<String> paths = new HashSet<>();
    for (TreeEntry entry : entries) {
      requireSound(entry);
      budget.take(entry);
      if (!paths.add(entry.path())) {
        throw damaged(entry.path() + " occurs twice");
      }
    }
  }

  private static void requireSound(TreeEntry entry) {
    TarPath.of(PathText.decode(entry.path()), false);
    boolean sound =
        switch (entry.kind()) {
          case FILE -> entry.target().isEmpty() && entry.sha256().isPresent() && entry.size() >= 0;
          case FOLDER -> entry.target().isEmpty() && entry.size() == 0;
          case LINK, HARD_LINK -> entry.target().isPresent() && entry.size() == 0;
        };
    if (!sound || (entry.mode() & ~TreeEntry.MODES) != 0) {
      throw damaged(entry.path() + " is not described as what it is");
    }
  }

  private static SandboxException damaged(String what) {
    return new SandboxException(ErrorCode.CORRUPT, "the snapshot's manifest is damaged: " + what);
  }
}
