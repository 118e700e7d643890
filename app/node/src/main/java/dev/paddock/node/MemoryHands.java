package dev.paddock.node;

import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.ToolInvocation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Hands that find the memory stores' folders in step before a call, and bring them in step after
 * one that may have written.
 *
 * @param writes whether a tool, by its name, may write
 */
record MemoryHands(Hands hands, SessionMemory memory, Predicate<String> writes)
    implements AroundHands {
  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    List<String> notes = new ArrayList<>(memory.agree());
    if (!writes.test(toolName)) {
      return AroundHands.noted(hands.call(invocation, toolName), "memory", notes);
    }
    memory.mayChange();
    Outcome outcome = hands.call(invocation, toolName);
    // Another call may have looked while this one still wrote.
    memory.mayChange();
    notes.addAll(memory.agree());
    return AroundHands.noted(outcome, "memory", notes);
  }
}
