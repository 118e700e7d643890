package dev.paddock.node;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Hands that say, behind a call's output, which hosts it was refused and what would allow them. */
record EgressHands(Hands hands, SessionEgress egress) implements Hands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    long before = egress.refused();
    Outcome outcome = hands.call(invocation, toolName);
    List<String> reasons = egress.reasonsSince(before);
    if (reasons.isEmpty() || !(outcome instanceof Outcome.Done(ToolResult result))) {
      return outcome;
    }
    List<ContentBlock> content = new ArrayList<>(result.content());
    content.add(ContentBlock.text("[network]\n" + String.join("\n", reasons)));
    return new Outcome.Done(new ToolResult(content, result.isError()));
  }

  @Override
  public Outcome recover(ToolInvocation invocation, String toolName) {
    return hands.recover(invocation, toolName);
  }

  @Override
  public Optional<String> keep(EventId callId, String text) {
    return hands.keep(callId, text);
  }

  @Override
  public void close() {
    hands.close();
  }
}
