package dev.paddock.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Takes the entries of a tree, a folder before what lies in it, a file before its hard links. */
@FunctionalInterface
interface TreeSink {
  /** Keeps nothing: for who wants digests only. */
  TreeSink DIGESTS = (entry, content) -> content.transferTo(OutputStream.nullOutputStream());

  /**
   * @param entry without a digest
   * @param content of a file, to be read to its end; else empty
   */
  void put(TreeEntry entry, InputStream content) throws IOException;
}
