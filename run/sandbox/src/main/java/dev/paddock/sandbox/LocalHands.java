package dev.paddock.sandbox;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.spi.CallJournal;
import dev.paddock.core.spi.Hands;
import dev.paddock.core.spi.Tool;
import dev.paddock.core.spi.ToolInvocation;
import dev.paddock.core.spi.ToolResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs calls on this machine, on the calling thread. A call is in the journal before it runs and
 * after; one that is known there is answered from there.
 */
public final class LocalHands implements Hands {
  /**
   * How long after its time a tool may still take to end by itself and say what it got, before it
   * is interrupted.
   */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Where results lie that are too long for a conversation; no output of the agent's. */
  static final String RESULTS = ".paddock/results/";

  private final Map<String, Tool> tools = new TreeMap<>();
  private final Optional<Workspace> files;
  private final CallJournal journal;
  private final Runnable end;
  private final Duration grace;
  private final Set<EventId> running = ConcurrentHashMap.newKeySet();

  /**
   * Takes over journal and sandbox, which it closes.
   *
   * @param tools their names must differ
   */
  public LocalHands(Collection<? extends Tool> tools, CallJournal journal, LazySandbox sandbox) {
    this(tools, journal, Optional.empty(), sandbox::close, GRACE);
  }

  /** Takes over the journal; the sandbox that the tools work in is another's to end. */
  public LocalHands(Collection<? extends Tool> tools, CallJournal journal) {
    this(tools, journal, Optional.empty(), () -> {}, GRACE);
  }

  /** As above; results that are too long are kept in the workspace. */
  public LocalHands(Collection<? extends Tool> tools, CallJournal journal, Workspace files) {
    this(tools, journal, Optional.of(files), () -> {}, GRACE);
  }

  LocalHands(Collection<? extends Tool> tools, CallJournal journal, Runnable end, Duration grace) {
    this(tools, journal, Optional.empty(), end, grace);
  }

  private LocalHands(
      Collection<? extends Tool> tools,
      CallJournal journal,
      Optional<Workspace> files,
      Runnable end,
      Duration grace) {
    for (Tool tool : tools) {
      if (this.tools.put(tool.definition().name(), tool) != null) {
        throw new IllegalArgumentException("two tools named " + tool.definition().name());
      }
    }
    this.journal = journal;
    this.files = files;
    this.end = end;
    this.grace = grace;
  }

  @Override
  public Outcome call(ToolInvocation invocation, String toolName) throws InterruptedException {
    EventId call = invocation.callId();
    Optional<Tool> tool = Optional.ofNullable(tools.get(toolName));
    if (tool.isEmpty()) {
      return new Outcome.Done(
          ToolResult.error(
              "there is no tool \"%s\"; there are: %s"
                  .formatted(toolName, String.join(", ", tools.keySet()))));
    }
    if (!running.add(call)) {
      throw new SandboxException(ErrorCode.BUSY, "call %s is running already".formatted(call));
    }
    try {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (!journal.begin(call)) {
        return journal.lookup(call);
      }
      ToolResult result = fitting(call, run(tool.get(), invocation));
      journal.complete(call, result);
      return new Outcome.Done(result);
    } finally {
      running.remove(call);
    }
  }

  /** What does not fit is said, and where the whole is. */
  private ToolResult fitting(EventId call, ToolResult whole) {
    ToolResult fits = ResultLimits.apply(whole);
    String text = ContentBlock.textOf(whole.content());
    if (text.length() <= ResultLimits.MAX_TEXT_CHARS) {
      return fits;
    }
    return keep(call, text)
        .map(
            path -> {
              List<ContentBlock> content = new ArrayList<>(fits.content());
              content.add(ContentBlock.text("[the whole result is in " + path + "]"));
              return new ToolResult(content, fits.isError());
            })
        .orElse(fits);
  }

  @Override
  public Optional<String> keep(EventId callId, String text) {
    return files.map(
        workspace -> {
          String path = RESULTS + callId + ".txt";
          workspace.write(path, text.getBytes(StandardCharsets.UTF_8));
          return "/workspace/" + path;
        });
  }

  private ToolResult run(Tool tool, ToolInvocation invocation) throws InterruptedException {
    try (CallTimer timer = new CallTimer(invocation.timeout().plus(grace))) {
      try {
        return tool.run(invocation);
      } catch (InterruptedException e) {
        if (timer.fired()) {
          return timedOut(tool, invocation);
        }
        throw e;
      } catch (PaddockException e) {
        if (e.code() == ErrorCode.CANCELLED && timer.fired()) {
          return timedOut(tool, invocation);
        }
        if (e.code() == ErrorCode.CANCELLED && Thread.interrupted()) {
          throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
        }
        return ToolFailure.result(e).orElseThrow(() -> e);
      }
    }
  }

  private static ToolResult timedOut(Tool tool, ToolInvocation invocation) {
    return ToolResult.error(
        "%s was ended after %d s; what it had done by then remains"
            .formatted(tool.definition().name(), invocation.timeout().toSeconds()));
  }

  @Override
  public Outcome recover(ToolInvocation invocation, String toolName) {
    return journal.lookup(invocation.callId());
  }

  /** Ends its sandbox with every process in it. */
  @Override
  public void close() {
    try {
      end.run();
    } finally {
      journal.close();
    }
  }
}
