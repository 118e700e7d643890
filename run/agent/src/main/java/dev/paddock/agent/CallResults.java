package dev.paddock.agent;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionState;
import dev.paddock.core.spi.ToolDefinition;
import dev.paddock.core.spi.ToolPolicy;
import dev.paddock.core.spi.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a call's result says: its output as the model reads it, or why there is none. */
final class CallResults {
  static final String INTERRUPTED =
      "The call was interrupted before its result was known; it may have run.";
  private static final String NOT_RUN = "The call was not run: the session was interrupted.";
  private static final int PREVIEW_CHARS = 20_000;
  private static final Set<ErrorCode> PLACE_IS_UNFIT =
      Set.of(ErrorCode.ISOLATION_MISSING, ErrorCode.PART_MISSING);

  private final RunContext context;

  CallResults(RunContext context) {
    this.context = context;
  }

  /** Why the call is not run, if it is not. */
  static Optional<ToolResult> refusal(SessionEvent.Call call, SessionState state) {
    return switch (Evaluation.permission(call)) {
      case ALLOW -> Optional.empty();
      case DENY -> Optional.of(ToolResult.error(Evaluation.reason(call)));
      case ASK -> {
        SessionEvent.UserToolConfirmation answer = state.confirmations().get(call.id());
        yield answer != null && answer.result() == Permission.ALLOW
            ? Optional.empty()
            : Optional.of(ToolResult.error(denial(answer)));
      }
    };
  }

  private static String denial(SessionEvent.@Nullable UserToolConfirmation answer) {
    Optional<String> message = answer == null ? Optional.empty() : answer.denyMessage();
    return message
        .map(text -> "The user denied this call: " + text)
        .orElse("The user denied this call.");
  }

  /** Of a call that threw or took too long. */
  ToolResult failure(SessionEvent.Call call, @Nullable Throwable failure) {
    return ToolResult.error(
        switch (failure) {
          case TimeoutException ignored ->
              "The call took longer than %d s and was ended; it may have run."
                  .formatted(
                      context.settings().timeoutOf(call.name(), context.definition()).toSeconds());
          case InterruptedException ignored -> INTERRUPTED;
          case PaddockException e when unfit(e).isPresent() ->
              "The call was not run: " + e.getMessage();
          case null, default ->
              "The call failed and may have run: "
                  + Optional.ofNullable(failure)
                      .map(Throwable::getMessage)
                      .orElse("no reason given");
        });
  }

  /** A failure that says that no call can run here. */
  static Optional<PaddockException> unfit(@Nullable Throwable failure) {
    return failure instanceof PaddockException e && PLACE_IS_UNFIT.contains(e.code())
        ? Optional.of(e)
        : Optional.empty();
  }

  /** What the model reads of a result. */
  ToolResult seen(SessionEvent.Call call, ToolResult result) {
    ToolResult seen = result;
    Optional<ToolDefinition> tool = context.tool(call.name());
    if (tool.isPresent()) {
      for (ToolPolicy policy : context.parts().policies()) {
        seen = policy.after(tool.get(), Evaluation.input(call), seen);
      }
    }
    return new ToolResult(
        shown(call, Excerpt.withoutHugeAttachments(seen.content())), seen.isError());
  }

  /** What is too long goes to a file of the sandbox; the model reads its head and tail. */
  private List<ContentBlock> shown(SessionEvent.Call call, List<ContentBlock> content) {
    int most = context.settings().resultChars();
    String text = ContentBlock.textOf(content);
    if (text.length() <= most) {
      return content;
    }
    Optional<String> path = keep(call, text);
    List<ContentBlock> shown =
        new ArrayList<>(
            Excerpt.of(content, path.isPresent() ? Math.min(most, PREVIEW_CHARS) : most));
    shown.add(
        ContentBlock.text(
            path.map(
                    file ->
                        "[%,d characters; the whole result is in %s, read the parts you need]"
                            .formatted(text.length(), file))
                .orElse("[what was cut is not kept]")));
    return shown;
  }

  private Optional<String> keep(SessionEvent.Call call, String text) {
    try {
      return context
          .parts()
          .hands()
          .open(context.session(), context.definition())
          .keep(call.id(), text);
    } catch (PaddockException noRoom) {
      return Optional.empty();
    }
  }

  static SessionEvent event(SessionEvent.Call call, ToolResult result) {
    return switch (call) {
      case SessionEvent.AgentToolUse e ->
          new SessionEvent.AgentToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
      case SessionEvent.AgentMcpToolUse e ->
          new SessionEvent.AgentMcpToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
      case SessionEvent.AgentCustomToolUse e ->
          new SessionEvent.UserCustomToolResult(
              EventId.next(), e.id(), result.content(), result.isError());
    };
  }

  /** The result of a call that an interrupt found open. */
  static SessionEvent interrupted(SessionEvent.Call call, SessionState state) {
    return event(call, ToolResult.error(Evaluation.begun(call, state) ? INTERRUPTED : NOT_RUN));
  }
}
