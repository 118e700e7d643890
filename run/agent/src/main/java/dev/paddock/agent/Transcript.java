package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.StopReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A log in the order in which a model reads it: what arrived while a turn or its calls were running
 * stands after that turn's results. Requests that failed leave nothing; a turn whose calls still
 * lack results is not here yet.
 *
 * @param ends the sequence at which each item was whole
 * @param compactionFailedAt how many items there were when no summary could be had, or -1
 * @param replaced what the model reads instead of the text of an event
 */
record Transcript(
    List<Item> items,
    List<Long> ends,
    Optional<Summary> summary,
    int compactionFailedAt,
    Map<EventId, String> replaced) {

  /** Some items alone. */
  Transcript(List<Item> items) {
    this(items, List.of(), Optional.empty(), -1, Map.of());
  }

  /** What stands for the first {@code items} of the conversation. */
  record Summary(String text, int items) {}

  /** How many of the oldest items a summary stands for. */
  int summed() {
    return summary.map(Summary::items).orElse(0);
  }

  /** A part of the conversation. */
  sealed interface Item {}

  /** A message to the model. */
  record Input(SessionEvent event, boolean fromLoop) implements Item {}

  /** A turn of the model with the results of its calls, in the order of the calls. */
  record Turn(
      SessionEvent.ModelRequestEnd end,
      Optional<String> thinking,
      String text,
      List<SessionEvent.Call> calls,
      Map<EventId, SessionEvent.Result> results)
      implements Item {
    boolean answers() {
      return calls.isEmpty();
    }

    SessionEvent.Result resultOf(SessionEvent.Call call) {
      SessionEvent.Result result = results.get(call.id());
      if (result == null) {
        throw new IllegalStateException("no result for " + call.id());
      }
      return result;
    }
  }

  /** The session went idle and waited for no one. */
  record Pause(StopReason reason) implements Item {}

  static Transcript of(Iterable<LogEntry> log) {
    Reader reader = new Reader();
    for (LogEntry entry : log) {
      reader.read(entry);
    }
    return new Transcript(
        List.copyOf(reader.items),
        List.copyOf(reader.ends),
        reader.summary,
        reader.compactionFailedAt,
        Map.copyOf(reader.replaced));
  }

  Optional<Item> last() {
    return items.isEmpty() ? Optional.empty() : Optional.of(items.getLast());
  }

  List<Turn> turns() {
    return items.stream().filter(Turn.class::isInstance).map(Turn.class::cast).toList();
  }

  private static final class Reader {
    private final List<Item> items = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final Map<EventId, String> replaced = new HashMap<>();
    private Optional<Summary> summary = Optional.empty();
    private int compactionFailedAt = -1;
    private long sequence;
    private final List<Input> deferred = new ArrayList<>();
    private final List<SessionEvent> said = new ArrayList<>();
    private final Map<EventId, SessionEvent.Result> results = new LinkedHashMap<>();
    private Optional<SessionEvent.ModelRequestEnd> end = Optional.empty();
    private boolean asking;

    void read(LogEntry entry) {
      sequence = entry.sequence();
      switch (entry.event()) {
        case SessionEvent.ModelRequestStart ignored -> {
          asking = true;
          said.clear();
        }
        case SessionEvent.AgentThinking e -> said.add(e);
        case SessionEvent.AgentMessage e -> said.add(e);
        case SessionEvent.Call e -> {
          if (e.threadId().isEmpty() && HostQuestion.of(e).isEmpty()) {
            said.add(e);
          }
        }
        case SessionEvent.ModelRequestEnd e -> finish(e);
        case SessionEvent.Result e -> {
          results.putIfAbsent(e.callId(), e);
          closeTurn();
        }
        case SessionEvent.UserMessage ignored -> input(entry);
        case SessionEvent.SystemMessage ignored -> input(entry);
        case SessionEvent.UserDefineOutcome ignored -> input(entry);
        case SessionEvent.AgentThreadMessageReceived e -> {
          if (said.stream().noneMatch(one -> e.callId().equals(Optional.of(one.id())))) {
            input(entry);
          }
        }
        case SessionEvent.StatusIdle e -> {
          if (!(e.stopReason() instanceof StopReason.RequiresAction)) {
            add(new Pause(e.stopReason()));
          }
        }
        case SessionEvent.UserInterrupt ignored -> {}
        case SessionEvent.UserToolConfirmation ignored -> {}
        case SessionEvent.AgentThreadContextCompacted e -> e.summary().ifPresent(this::compacted);
        case SessionEvent.AgentThreadMessageSent ignored -> {}
        case SessionEvent.StatusRunning ignored -> {}
        case SessionEvent.StatusRescheduled ignored -> {}
        case SessionEvent.StatusTerminated ignored -> {}
        case SessionEvent.SessionError ignored -> {}
        case SessionEvent.SessionUpdated ignored -> {}
        case SessionEvent.SessionUsage ignored -> {}
        case SessionEvent.OutcomeEvaluationStart ignored -> {}
        case SessionEvent.OutcomeEvaluationOngoing ignored -> {}
        case SessionEvent.OutcomeEvaluationEnd e -> {
          if (e.goesBack()) {
            input(entry);
          }
        }
        case SessionEvent.ThreadChanged ignored -> {}
        case SessionEvent.Notice e -> noticed(e);
        case SessionEvent.EgressRequest ignored -> {}
        case SessionEvent.PortPreview ignored -> {}
        case SessionEvent.Unknown ignored -> {}
      }
    }

    private void input(LogEntry entry) {
      Input input =
          new Input(
              entry.event(),
              entry.event() instanceof SessionEvent.SystemMessage
                  && entry.principal().equals(Principal.SYSTEM));
      if (asking || end.isPresent()) {
        deferred.add(input);
      } else {
        add(input);
      }
    }

    private void finish(SessionEvent.ModelRequestEnd request) {
      asking = false;
      if (request.isError()) {
        said.clear();
        flush();
      } else {
        end = Optional.of(request);
        closeTurn();
      }
    }

    private void closeTurn() {
      if (end.isEmpty()) {
        return;
      }
      List<SessionEvent.Call> calls = only(SessionEvent.Call.class);
      if (!calls.stream().allMatch(call -> results.containsKey(call.id()))) {
        return;
      }
      Map<EventId, SessionEvent.Result> ordered = new LinkedHashMap<>();
      for (SessionEvent.Call call : calls) {
        ordered.put(call.id(), results.get(call.id()));
      }
      add(
          new Turn(
              end.get(),
              only(SessionEvent.AgentThinking.class).stream()
                  .flatMap(thinking -> thinking.text().stream())
                  .reduce((a, b) -> a + "\n" + b),
              ContentBlock.textOf(
                  only(SessionEvent.AgentMessage.class).stream()
                      .flatMap(message -> message.content().stream())
                      .toList()),
              calls.stream().filter(call -> !call.name().equals(Guards.CALL)).toList(),
              ordered));
      end = Optional.empty();
      said.clear();
      flush();
    }

    private void add(Item item) {
      items.add(item);
      ends.add(sequence);
    }

    private void compacted(ObjectNode said) {
      long through = said.path("through").asLong();
      int count = 0;
      while (count < items.size() && ends.get(count) <= through) {
        count++;
      }
      summary = Optional.of(new Summary(said.path("text").asText(), count));
    }

    private void noticed(SessionEvent.Notice notice) {
      switch (notice.code()) {
        case Compaction.FAILED -> compactionFailedAt = items.size();
        case Guards.REWRITTEN, Guards.BLOCKED ->
            notice
                .details()
                .filter(details -> details.has("event_id"))
                .ifPresent(
                    details ->
                        replaced.put(
                            new EventId(details.path("event_id").asText()),
                            details.path("text").asText()));
        default -> {}
      }
    }

    private void flush() {
      deferred.forEach(this::add);
      deferred.clear();
    }

    private <T> List<T> only(Class<T> type) {
      return said.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }
}
