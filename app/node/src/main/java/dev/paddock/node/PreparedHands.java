package dev.paddock.node;

import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.Optional;

/** Hands that run nothing before something is in the workspace. */
record PreparedHands(Hands hands, Preparation preparation) implements AroundHands {
  /** What has to be there. */
  @FunctionalInterface
  interface Preparation {
    /** Sees to it; tells the model why it is not there, if it cannot be. */
    Optional<String> require() throws InterruptedException;
  }

  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    Optional<String> missing = preparation.require();
    return missing.isPresent()
        ? new Outcome.Done(ToolResult.error(missing.get()))
        : hands.call(invocation, toolName);
  }
}
