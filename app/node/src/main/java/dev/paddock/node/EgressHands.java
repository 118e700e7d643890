package dev.paddock.node;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.List;

/** Hands that say, behind a call's output, which hosts it was refused and what would allow them. */
record EgressHands(Hands hands, SessionEgress egress) implements AroundHands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    long before = egress.refused();
    Outcome outcome = hands.call(invocation, toolName);
    String said =
        outcome instanceof Outcome.Done(ToolResult result)
            ? ContentBlock.textOf(result.content())
            : "";
    List<String> unsaid =
        egress.reasonsSince(before).stream().filter(why -> !said.contains(why)).toList();
    return AroundHands.noted(outcome, "network", unsaid);
  }
}
