package dev.paddock.sandbox.spi;

import java.util.List;

/**
 * Where the boxes of one sandbox are started: what a place provides. {@code BoxedSandbox} makes a
 * sandbox of it. Calls come from several threads.
 */
public interface Boxes extends AutoCloseable {
  /**
   * Starts a command in {@code /workspace}.
   *
   * @param input whether {@link Box#stdin()} will be written; else the command's input is empty
   */
  Box start(List<String> command, boolean input);

  Hits hits();

  /** After the boxes were killed: removes all that the sandbox needed but its workspace. */
  @Override
  void close();
}
