package dev.paddock.node;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Hands that find the memory stores' folders in step before a call, and bring them in step after
 * one that may have written.
 *
 * @param writes whether a tool, by its name, may write
 */
record MemoryHands(Hands hands, SessionMemory memory, Predicate<String> writes) implements Hands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    List<String> notes = new ArrayList<>(memory.agree());
    if (!writes.test(toolName)) {
      return with(hands.call(invocation, toolName), notes);
    }
    memory.mayChange();
    Outcome outcome = hands.call(invocation, toolName);
    // Another call may have looked while this one still wrote.
    memory.mayChange();
    notes.addAll(memory.agree());
    return with(outcome, notes);
  }

  private static Outcome with(Outcome outcome, List<String> notes) {
    if (notes.isEmpty() || !(outcome instanceof Outcome.Done(ToolResult result))) {
      return outcome;
    }
    List<ContentBlock> content = new ArrayList<>(result.content());
    content.add(ContentBlock.text("[memory]\n" + String.join("\n", notes)));
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
