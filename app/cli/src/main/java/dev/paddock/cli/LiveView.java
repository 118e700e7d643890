package dev.paddock.cli;

import dev.paddock.agent.Preview;
import dev.paddock.agent.TurnListener;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import dev.paddock.core.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Shows a session while it runs: finished steps scroll by, what happens now stands below them. */
final class LiveView implements TurnListener, AutoCloseable {
  private static final String[] SPINNER = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private static final int FOLDED_LINES = 4;
  private static final int SHOWN_INPUT = 60;

  private final Screen screen;
  private final HostView hosts;
  private final boolean answerElsewhere;
  private final Instant started = Instant.now();
  private final Map<EventId, SessionEvent.Call> calls = new HashMap<>();
  private final Map<EventId, Instant> callStarts = new HashMap<>();
  private final @Nullable ScheduledFuture<?> ticker;
  private final ScheduledExecutorService timer = timer();
  private String message = "";
  private String activity = "starting";
  private Instant activitySince = Instant.now();
  private boolean resting;
  private int frame;
  private Usage usage = Usage.NONE;
  private double cost;
  private int turns;

  /**
   * @param answerElsewhere whether this runs the task: the last message is printed by someone else,
   *     and what was asked is known to who asked it
   */
  LiveView(Screen screen, boolean answerElsewhere) {
    this.screen = screen;
    this.hosts = new HostView(screen);
    this.answerElsewhere = answerElsewhere;
    ticker =
        screen.terminal()
            ? timer.scheduleAtFixedRate(this::tick, 0, 100, TimeUnit.MILLISECONDS)
            : null;
  }

  private static ScheduledThreadPoolExecutor timer() {
    return new ScheduledThreadPoolExecutor(
        1, task -> Thread.ofPlatform().daemon().name("live-view").unstarted(task));
  }

  @Override
  public synchronized void preview(SessionId session, Preview preview) {
    switch (preview) {
      case Preview.Text text -> activity("answering: " + text.delta().strip());
      case Preview.Thinking ignored -> activity("thinking");
      case Preview.ToolCall call -> activity("choosing " + call.name());
      case Preview.Asking ignored -> {}
      case Preview.Prompt prompt ->
          activity("reading " + Amounts.progress(prompt.done(), prompt.total(), activityTime()));
      case Preview.CallProgress step -> progress(step);
      case Preview.Retry retry ->
          screen.line(
              screen.yellow(
                  "  the model failed (%s), asking again in %s"
                      .formatted(shown(retry.reason()), Amounts.time(retry.delay()))));
    }
  }

  synchronized void entry(LogEntry entry) {
    switch (entry.event()) {
      case SessionEvent.ModelRequestStart start -> {
        hosts.flush();
        sayMessage();
        activity(start.model().orElse("model"));
      }
      case SessionEvent.ModelRequestEnd end -> {
        usage = usage.plus(end.usage());
        cost += end.costUsd().orElse(0.0);
        turns += end.isError() ? 0 : 1;
      }
      case SessionEvent.AgentMessage said -> {
        sayMessage();
        message = Answers.plain(ContentBlock.textOf(said.content()));
      }
      case SessionEvent.Call call -> {
        sayMessage();
        calls.put(call.id(), call);
        callStarts.put(call.id(), entry.recordedAt());
        activity(call.name());
      }
      case SessionEvent.Result result -> result(entry, result);
      case SessionEvent.SessionError error ->
          screen.line(screen.red("✗ " + shown(error.error().path("message").asText())));
      case SessionEvent.Notice notice -> screen.line(screen.yellow("! " + shown(notice.message())));
      case SessionEvent.EgressRequest request -> hosts.add(request);
      case SessionEvent.PortPreview preview ->
          screen.line(
              screen.dim(
                  "preview %s of port %d: %s, until %s"
                      .formatted(
                          shown(preview.previewId()),
                          preview.port(),
                          shown(preview.state()),
                          shown(preview.expiresAt()))));
      case SessionEvent.UserMessage asked -> {
        if (!answerElsewhere) {
          sayMessage();
          block(screen.bold("> "), ContentBlock.textOf(asked.content()), Integer.MAX_VALUE);
        }
      }
      case SessionEvent.Inbound ignored -> {}
      case SessionEvent.AgentThinking ignored -> {}
      case SessionEvent.AgentThreadContextCompacted ignored -> {}
      case SessionEvent.AgentThreadMessageSent ignored -> {}
      case SessionEvent.AgentThreadMessageReceived ignored -> {}
      case SessionEvent.StatusRunning ignored -> {}
      case SessionEvent.StatusIdle ignored -> {}
      case SessionEvent.StatusRescheduled ignored -> {}
      case SessionEvent.StatusTerminated ignored -> {}
      case SessionEvent.SessionUpdated ignored -> {}
      case SessionEvent.SessionUsage ignored -> {}
      case SessionEvent.OutcomeEvaluationStart ignored -> {}
      case SessionEvent.OutcomeEvaluationOngoing ignored -> {}
      case SessionEvent.OutcomeEvaluationEnd ignored -> {}
      case SessionEvent.ThreadChanged ignored -> {}
      case SessionEvent.Unknown ignored -> {}
    }
  }

  /** Time, turns, tokens and money so far. */
  synchronized String total() {
    String text =
        "%s, %d model turns, %s tokens read, %s written"
            .formatted(
                Amounts.time(Duration.between(started, Instant.now())),
                turns,
                Amounts.count(
                    usage.inputTokens() + usage.cacheReadTokens() + usage.cacheCreationTokens()),
                Amounts.count(usage.outputTokens()));
    return cost > 0 ? text + ", " + Amounts.money(cost) : text;
  }

  private synchronized void sayMessage() {
    if (!message.isEmpty()) {
      block(screen.bold("● "), message, Integer.MAX_VALUE);
      message = "";
    }
  }

  private void result(LogEntry entry, SessionEvent.Result result) {
    SessionEvent.Call call = calls.remove(result.callId());
    if (call == null) {
      return;
    }
    hosts.flush();
    Duration time =
        Duration.between(
            callStarts.getOrDefault(result.callId(), entry.recordedAt()), entry.recordedAt());
    String mark = result.isError() ? screen.red("✗") : screen.green("✓");
    screen.line(
        "%s %s %s %s"
            .formatted(
                mark,
                screen.bold(shown(call.name())),
                screen.dim(input(call)),
                screen.dim(Amounts.time(time))));
    block("  ", ContentBlock.textOf(result.content()), FOLDED_LINES);
    activity("model");
  }

  private static String input(SessionEvent.Call call) {
    return call.input().properties().stream()
        .map(field -> Screen.fit(shown(Fields.text(field.getValue())), SHOWN_INPUT))
        .reduce((a, b) -> a + " " + b)
        .orElse("");
  }

  private void block(String lead, String text, int limit) {
    List<String> lines = shown(text).strip().lines().toList();
    int width = screen.width();
    for (int i = 0; i < Math.min(lines.size(), limit); i++) {
      String line = lines.get(i);
      screen.line(
          (i == 0 ? lead : "  ")
              + (limit == FOLDED_LINES ? screen.dim(Screen.fit(line, width - 2)) : line));
    }
    if (lines.size() > limit) {
      screen.line(screen.dim("  … %d more lines".formatted(lines.size() - limit)));
    }
  }

  private void progress(Preview.CallProgress step) {
    SessionEvent.Call call = calls.get(step.call());
    Instant since = callStarts.getOrDefault(step.call(), activitySince);
    activity(
        "%s %s %s"
            .formatted(
                call == null ? "" : call.name(),
                Amounts.progress(step.done(), step.total(), Duration.between(since, Instant.now())),
                step.what()));
  }

  private void activity(String text) {
    activity = shown(text);
    activitySince = Instant.now();
  }

  private Duration activityTime() {
    return Duration.between(activitySince, Instant.now());
  }

  private synchronized void tick() {
    if (resting) {
      return;
    }
    frame = (frame + 1) % SPINNER.length;
    screen.status("%s %s  %s".formatted(SPINNER[frame], activity, total()));
  }

  private static String shown(String text) {
    return Screen.printable(text);
  }

  /** Takes the status line away, so that something else can be printed. */
  synchronized void rest() {
    resting = true;
    hosts.flush();
    if (ticker != null) {
      ticker.cancel(false);
    }
    timer.shutdownNow();
    screen.status("");
  }

  @Override
  public void close() {
    if (!answerElsewhere) {
      sayMessage();
    }
    rest();
  }
}
