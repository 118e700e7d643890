package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Reads everything that lies beneath a folder, each content once. No link is followed, whoever
 * renames what meanwhile; pipes, sockets and devices are not opened, but named.
 */
final class TreeScan {
  private final RootFolder root;
  private final SnapshotLimits limits;
  private final TreeSink sink;
  private final TreeBudget budget;
  private final List<TreeEntry> entries = new ArrayList<>();
  private final List<Skipped> skipped = new ArrayList<>();
  private final Map<FileKey, String> files = new HashMap<>();

  private TreeScan(RootFolder root, SnapshotLimits limits, TreeSink sink) {
    this.root = root;
    this.limits = limits;
    this.sink = sink;
    this.budget = new TreeBudget(limits, "the workspace");
  }

  /** Two names with the same key are one file: nobody can set a change time. */
  private record FileKey(long inode, long changed, long size) {}

  /** What was found, files with their digests, and what was left out. */
  record Scanned(List<TreeEntry> entries, List<Skipped> skipped, long bytes) {}

  /**
   * @param covered paths that are not part of the tree
   */
  static Scanned of(
      RootFolder root, Predicate<String> covered, SnapshotLimits limits, TreeSink sink)
      throws IOException {
    TreeScan scan = new TreeScan(root, limits, sink);
    TreeListing listing =
        TreeListing.of(root, "", false, limits.maxEntries(), folder -> !covered.test(folder));
    if (!listing.complete()) {
      throw new SandboxException(
          ErrorCode.LIMIT_EXCEEDED,
          "the workspace holds more than %,d files and folders".formatted(limits.maxEntries()));
    }
    scan.skipped.addAll(listing.skipped());
    for (TreeListing.Entry entry : depthFirst(listing.entries())) {
      if (!covered.test(entry.path())) {
        scan.add(entry);
      }
    }
    return new Scanned(scan.entries, scan.skipped, scan.budget.bytes());
  }

  /** Each folder directly before all that lies in it, as every {@code tar} expects. */
  private static List<TreeListing.Entry> depthFirst(List<TreeListing.Entry> entries) {
    return entries.stream()
        .sorted(Comparator.comparing(entry -> entry.path().replace('/', '\0')))
        .toList();
  }

  private void add(TreeListing.Entry found) throws IOException {
    String path = found.path();
    if (TreeBudget.depth(path) > limits.maxDepth()) {
      skipped.add(new Skipped(path, "it lies deeper than %d folders".formatted(limits.maxDepth())));
      return;
    }
    try {
      switch (found.kind()) {
        case FILE -> file(path);
        case FOLDER -> folder(path);
        case LINK -> link(path);
        case PIPE, SOCKET, DEVICE -> skipped.add(new Skipped(path, "it is " + found.kind().text()));
      }
    } catch (NotAFile e) {
      skipped.add(Skipped.of(path, e));
    } catch (Errno e) {
      if (!e.is(Errno.EACCES, Errno.EPERM, Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EXDEV)) {
        throw e;
      }
      skipped.add(Skipped.of(path, e));
    }
  }

  private void file(String path) throws IOException {
    if (path.startsWith(RootFolder.UNFINISHED, path.lastIndexOf('/') + 1)) {
      skipped.add(new Skipped(path, "a write that was cut off"));
      return;
    }
    try (FileReader file = root.read(path, false)) {
      Stat stat = file.stat();
      Optional<String> first =
          Optional.ofNullable(
              files.putIfAbsent(new FileKey(stat.inode(), stat.changedNanos(), stat.size()), path));
      if (first.isPresent()) {
        put(TreeEntry.hardLink(path, first.get()));
        return;
      }
      TreeEntry entry = TreeEntry.file(path, stat.mode(), stat.modifiedNanos(), stat.size());
      budget.take(entry);
      MessageDigest digest = Sha256.digest();
      Whole content = new Whole(new DigestInputStream(file, digest), stat.size(), path);
      sink.put(entry, content);
      content.requireRead();
      entries.add(entry.withSha256(HexFormat.of().formatHex(digest.digest())));
    }
  }

  private void folder(String path) throws IOException {
    Stat stat = root.stat(path, false);
    if (stat.kind() != FileKind.FOLDER) {
      throw new Errno("open", Errno.ENOTDIR);
    }
    put(TreeEntry.folder(path, stat.mode(), stat.modifiedNanos()));
  }

  private void link(String path) throws IOException {
    try (Fd link = root.open(path, Posix.O_PATH | Posix.O_NOFOLLOW, false)) {
      Stat stat = Posix.fstat(link.number());
      if (stat.kind() != FileKind.LINK) {
        throw new Errno("open", Errno.ENOENT);
      }
      byte[] target = Posix.readlinkat(link.number(), new byte[0]);
      put(TreeEntry.link(path, stat.modifiedNanos(), PathText.encode(target)));
    }
  }

  private void put(TreeEntry entry) throws IOException {
    budget.take(entry);
    sink.put(entry, InputStream.nullInputStream());
    entries.add(entry);
  }

  /** A content that must have as many bytes as were announced. */
  private static final class Whole extends InputStream {
    private final InputStream in;
    private final String path;
    private long left;

    Whole(InputStream in, long size, String path) {
      this.in = in;
      this.left = size;
      this.path = path;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      left -= Math.max(0, count);
      if (count < 0) {
        requireRead();
      }
      return count;
    }

    void requireRead() {
      if (left != 0) {
        throw new SandboxException(
            ErrorCode.CONFLICT,
            "%s became shorter while it was read; stop what writes it and try again"
                .formatted(path));
      }
    }
  }
}
