package dev.paddock.node;

import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;

/** Hands that say, behind a call's output, which hosts it was refused and what would allow them. */
record EgressHands(Hands hands, SessionEgress egress) implements AroundHands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    long before = egress.refused();
    Outcome outcome = hands.call(invocation, toolName);
    return AroundHands.noted(outcome, "network", egress.reasonsSince(before));
  }
}
