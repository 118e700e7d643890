package dev.paddock.sandbox;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import dev.paddock.core.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Unpacks an archive that may be an attack. */
final class ForeignArchive {
  /** What an entry takes in an archive beside its content, at most, its long names included. */
  private static final long OVERHEAD = 4L << 10;

  private ForeignArchive() {}

  /**
   * @param folder empty; after an error it is to be thrown away
   */
  static void unpack(InputStream archive, RootFolder folder, SnapshotLimits limits)
      throws IOException {
    Counted compressed = new Counted(archive);
    try (TreeWriter writer = new TreeWriter(folder);
        InputStream plain = new Plain(new ZstdInputStream(compressed), compressed, limits)) {
      TarReader tar = new TarReader(plain);
      TreeBudget budget = new TreeBudget(limits, "the archive");
      for (Optional<TreeEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
        TreeEntry entry = next.get();
        budget.take(entry);
        if (entry.kind() == TreeEntry.Kind.LINK && !TreeWriter.staysInside(entry)) {
          throw TreeWriter.hostile(
              "the link %s leads to %s, which is not in the archive"
                  .formatted(entry.path(), entry.target().orElseThrow()));
        }
        writer.put(entry, tar.content());
      }
      writer.finish();
    } catch (ZstdIOException e) {
      throw new SandboxException(
          ErrorCode.CORRUPT, "the archive is no whole zstd file: " + e.getMessage(), e);
    }
  }

  /** Counts what goes in. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      count += Math.max(0, n);
      return n;
    }
  }

  /** Stops where too much comes out, of all that lies between entries too. */
  private static final class Plain extends FilterInputStream {
    private final Counted compressed;
    private final SnapshotLimits limits;
    private long count;

    Plain(InputStream in, Counted compressed, SnapshotLimits limits) {
      super(in);
      this.compressed = compressed;
      this.limits = limits;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      count += Math.max(0, n);
      if (count > limits.maxBytes() + OVERHEAD * limits.maxEntries()) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "the archive holds more than %,d bytes".formatted(limits.maxBytes()));
      }
      if (count > SnapshotLimits.RATIO_FROM && count / limits.maxRatio() > compressed.count) {
        throw new SandboxException(
            ErrorCode.LIMIT_EXCEEDED,
            "the archive was refused: it grows to more than %d times its size"
                .formatted(limits.maxRatio()));
      }
      return n;
    }

    @Override
    public long skip(long wanted) throws IOException {
      return wanted <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(wanted, 8 << 10)]));
    }
  }
}
