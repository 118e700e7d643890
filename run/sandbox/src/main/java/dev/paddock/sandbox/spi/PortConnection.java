package dev.paddock.sandbox.spi;

import java.io.InputStream;
import java.io.OutputStream;

/** A connection to what listens in a sandbox: bytes both ways, each way ended on its own. */
public interface PortConnection extends AutoCloseable {
  /** What the program sends; at its end, or failing, when the program sends no more. */
  InputStream input();

  /** What the program gets; closing it ends this way, and leaves the other open. */
  OutputStream output();

  /** Ends both ways. May be called again. */
  @Override
  void close();
}
