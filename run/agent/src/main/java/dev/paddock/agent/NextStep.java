package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Outcome;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import java.util.List;
import java.util.Optional;

/** What a log calls for next. */
sealed interface NextStep {
  /** Nothing: someone else has to act, or no one. */
  record Rest() implements NextStep {}

  /** An interrupt came in: give what is open a result and go idle. */
  record EndInterrupted() implements NextStep {}

  /** A model request has no end and no one who waits for it. */
  record CloseRequest(EventId start) implements NextStep {}

  /** Calls that can be given a result now. */
  record RunCalls(List<SessionEvent.Call> ready) implements NextStep {}

  /** Threads work on calls of this session. */
  record Follow(List<String> threads) implements NextStep {}

  /** Answers or interrupts that are meant for threads. */
  record Route() implements NextStep {}

  /** Every open call waits for a person, a client or a worker. */
  record Await(List<EventId> calls) implements NextStep {}

  /** Guardrails look at what the model would read. */
  record Guard(List<LogEntry> unchecked) implements NextStep {}

  /** A turn of the model. */
  record Ask(Transcript transcript, Opening opening) implements NextStep {}

  /** The answer is there: does it reach the outcome? */
  record Grade(Outcome outcome, Transcript transcript) implements NextStep {}

  /** The model has to be told something before it is asked again. */
  record Tell(String message) implements NextStep {}

  /** The work is done, or may not go on. */
  record Finish(StopReason reason, Optional<ObjectNode> details) implements NextStep {}

  /** The work cannot go on. */
  record Fail(String code, String message) implements NextStep {}
}
