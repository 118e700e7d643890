package dev.paddock.server.spi;

import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;

/** Calls of a model without a session. */
public interface ModelCalls {
  /**
   * Starts a request; a failure before the first event that may pass is tried again, at most twice
   * within 5 s. The last failure is thrown as the provider's own kind.
   */
  ModelStream stream(Model model, ModelRequest request) throws InterruptedException;
}
