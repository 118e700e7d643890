package dev.paddock.node;

import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.Optional;

/** Hands that run nothing before the workspace holds what its manifest names. */
record ManifestHands(Hands hands, SessionManifest manifest) implements AroundHands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    Optional<String> missing = manifest.require();
    return missing.isPresent()
        ? new Outcome.Done(ToolResult.error(missing.get()))
        : hands.call(invocation, toolName);
  }
}
