package dev.paddock.core;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * What happened in a session. Names and fields are those of the Managed Agents API; a type that
 * this version does not know is kept as it came ({@link Unknown}). The time of an event is its log
 * entry's, see {@link LogEntry#recordedAt()}.
 */
public sealed interface SessionEvent {
  EventId id();

  /** The wire name, such as {@code user.message}. */
  default String type() {
    return EventTypes.nameOf(this);
  }

  /** What comes in from a client, a person or a worker. */
  sealed interface Inbound extends SessionEvent {}

  /** A call that waits for exactly one result. */
  sealed interface Call extends SessionEvent {
    String name();

    JsonNode input();

    /**
     * The sub-agent's thread whose call this is, where it stands in the log of the session above
     * only so that its client can answer it there.
     */
    @JsonProperty("session_thread_id")
    Optional<String> threadId();
  }

  /** The result of a call. */
  sealed interface Result extends SessionEvent {
    EventId callId();

    List<ContentBlock> content();

    @JsonProperty("is_error")
    boolean isError();
  }

  @JsonTypeName("user.message")
  record UserMessage(EventId id, List<ContentBlock> content) implements Inbound {}

  /** {@code threadId} names the one thread that is meant; without it all of them are. */
  @JsonTypeName("user.interrupt")
  record UserInterrupt(EventId id, @JsonProperty("session_thread_id") Optional<String> threadId)
      implements Inbound {
    public UserInterrupt(EventId id) {
      this(id, Optional.empty());
    }
  }

  @JsonTypeName("user.tool_confirmation")
  record UserToolConfirmation(
      EventId id,
      @JsonProperty("tool_use_id") EventId callId,
      Permission result,
      @JsonProperty("deny_message") Optional<String> denyMessage)
      implements Inbound {}

  @JsonTypeName("user.tool_result")
  record UserToolResult(
      EventId id,
      @JsonProperty("tool_use_id") EventId callId,
      List<ContentBlock> content,
      @JsonProperty("is_error") boolean isError)
      implements Inbound, Result {}

  @JsonTypeName("user.custom_tool_result")
  record UserCustomToolResult(
      EventId id,
      @JsonProperty("custom_tool_use_id") EventId callId,
      List<ContentBlock> content,
      @JsonProperty("is_error") boolean isError)
      implements Inbound, Result {}

  @JsonTypeName("user.define_outcome")
  record UserDefineOutcome(
      EventId id,
      @JsonProperty("outcome_id") String outcomeId,
      String description,
      JsonNode rubric,
      @JsonProperty("max_iterations") Optional<Integer> maxIterations)
      implements Inbound {}

  @JsonTypeName("system.message")
  record SystemMessage(EventId id, List<ContentBlock> content) implements Inbound {}

  @JsonTypeName("agent.message")
  record AgentMessage(EventId id, List<ContentBlock> content) implements SessionEvent {}

  /** {@code text} is what the provider shows of its reasoning, often nothing. */
  @JsonTypeName("agent.thinking")
  record AgentThinking(EventId id, Optional<String> text) implements SessionEvent {}

  @JsonTypeName("agent.tool_use")
  record AgentToolUse(
      EventId id,
      String name,
      JsonNode input,
      @JsonProperty("evaluated_permission") Permission evaluatedPermission,
      Optional<ObjectNode> evaluation,
      @JsonProperty("session_thread_id") Optional<String> threadId)
      implements Call {
    public AgentToolUse(
        EventId id,
        String name,
        JsonNode input,
        Permission evaluatedPermission,
        Optional<ObjectNode> evaluation) {
      this(id, name, input, evaluatedPermission, evaluation, Optional.empty());
    }
  }

  @JsonTypeName("agent.tool_result")
  record AgentToolResult(
      EventId id,
      @JsonProperty("tool_use_id") EventId callId,
      List<ContentBlock> content,
      @JsonProperty("is_error") boolean isError)
      implements Result {}

  @JsonTypeName("agent.mcp_tool_use")
  record AgentMcpToolUse(
      EventId id,
      @JsonProperty("mcp_server_name") String serverName,
      String name,
      JsonNode input,
      @JsonProperty("evaluated_permission") Permission evaluatedPermission,
      Optional<ObjectNode> evaluation,
      @JsonProperty("session_thread_id") Optional<String> threadId)
      implements Call {
    public AgentMcpToolUse(
        EventId id,
        String serverName,
        String name,
        JsonNode input,
        Permission evaluatedPermission,
        Optional<ObjectNode> evaluation) {
      this(id, serverName, name, input, evaluatedPermission, evaluation, Optional.empty());
    }
  }

  @JsonTypeName("agent.mcp_tool_result")
  record AgentMcpToolResult(
      EventId id,
      @JsonProperty("mcp_tool_use_id") EventId callId,
      List<ContentBlock> content,
      @JsonProperty("is_error") boolean isError)
      implements Result {}

  /** A call of a tool that the client runs; it answers with {@link UserCustomToolResult}. */
  @JsonTypeName("agent.custom_tool_use")
  record AgentCustomToolUse(
      EventId id,
      String name,
      JsonNode input,
      @JsonProperty("session_thread_id") Optional<String> threadId)
      implements Call {
    public AgentCustomToolUse(EventId id, String name, JsonNode input) {
      this(id, name, input, Optional.empty());
    }
  }

  /**
   * From here on a summary stands for the older part of the conversation.
   *
   * @param summary {@code {text, through}}: what stands for the log up to sequence {@code through}
   */
  @JsonTypeName("agent.thread_context_compacted")
  record AgentThreadContextCompacted(
      EventId id,
      Optional<ObjectNode> summary,
      @JsonProperty("model_usage") Optional<Usage> usage,
      @JsonProperty("cost_usd") Optional<Double> costUsd)
      implements SessionEvent {
    public AgentThreadContextCompacted(EventId id, Optional<ObjectNode> summary) {
      this(id, summary, Optional.empty(), Optional.empty());
    }
  }

  /** {@code callId} is the call by which the message was sent. */
  @JsonTypeName("agent.thread_message_sent")
  record AgentThreadMessageSent(
      EventId id,
      @JsonProperty("to_session_thread_id") String toThreadId,
      @JsonProperty("to_agent_name") Optional<String> toAgentName,
      List<ContentBlock> content,
      @JsonProperty("tool_use_id") Optional<EventId> callId)
      implements SessionEvent {
    public AgentThreadMessageSent(
        EventId id, String toThreadId, Optional<String> toAgentName, List<ContentBlock> content) {
      this(id, toThreadId, toAgentName, content, Optional.empty());
    }
  }

  /**
   * A message from another thread. In the log that has the call it answers that call; in any other
   * it is a message to the agent.
   *
   * @param callId the call by which the conversation was begun
   */
  @JsonTypeName("agent.thread_message_received")
  record AgentThreadMessageReceived(
      EventId id,
      @JsonProperty("from_session_thread_id") String fromThreadId,
      @JsonProperty("from_agent_name") Optional<String> fromAgentName,
      List<ContentBlock> content,
      @JsonProperty("tool_use_id") Optional<EventId> callId)
      implements SessionEvent {
    public AgentThreadMessageReceived(
        EventId id,
        String fromThreadId,
        Optional<String> fromAgentName,
        List<ContentBlock> content) {
      this(id, fromThreadId, fromAgentName, content, Optional.empty());
    }
  }

  @JsonTypeName("session.status_running")
  record StatusRunning(EventId id) implements SessionEvent {}

  @JsonTypeName("session.status_idle")
  record StatusIdle(
      EventId id,
      @JsonProperty("stop_reason") StopReason stopReason,
      @JsonProperty("stop_details") Optional<ObjectNode> stopDetails)
      implements SessionEvent {}

  @JsonTypeName("session.status_rescheduled")
  record StatusRescheduled(EventId id) implements SessionEvent {}

  @JsonTypeName("session.status_terminated")
  record StatusTerminated(EventId id) implements SessionEvent {}

  /** {@code error} is {@code {type, message, retry_status: {type}}}. */
  @JsonTypeName("session.error")
  record SessionError(EventId id, JsonNode error) implements SessionEvent {}

  @JsonTypeName("session.updated")
  record SessionUpdated(EventId id, JsonNode changes) implements SessionEvent {}

  @JsonTypeName("session.usage")
  record SessionUsage(EventId id, JsonNode usage) implements SessionEvent {}

  /**
   * The start of a model request.
   *
   * @param request what a replay compares: the request's digest and what is known of the model
   */
  @JsonTypeName("span.model_request_start")
  record ModelRequestStart(EventId id, Optional<String> model, Optional<ObjectNode> request)
      implements SessionEvent {
    public ModelRequestStart(EventId id, Optional<String> model) {
      this(id, model, Optional.empty());
    }
  }

  /**
   * The end of a model request.
   *
   * @param stop the provider's end reason: {@code end_turn}, {@code tool_use}, {@code max_tokens},
   *     {@code refusal}, {@code cancelled} or {@code error}
   * @param trace the digest of the turn's trace blob, where one was asked for
   * @param origins where values come from that the turn's message, or its call's input, copied: a
   *     list of {@code {pointer, value, spans: [{source, start, end}], more}}
   */
  @JsonTypeName("span.model_request_end")
  record ModelRequestEnd(
      EventId id,
      @JsonProperty("model_request_start_id") EventId startId,
      @JsonProperty("is_error") boolean isError,
      @JsonProperty("model_usage") Usage usage,
      Optional<String> stop,
      @JsonProperty("provider_state") Optional<ProviderState> providerState,
      Optional<String> trace,
      @JsonProperty("cost_usd") Optional<Double> costUsd,
      Optional<JsonNode> origins)
      implements SessionEvent {
    public ModelRequestEnd(
        EventId id,
        EventId startId,
        boolean isError,
        Usage usage,
        Optional<String> stop,
        Optional<ProviderState> providerState,
        Optional<String> trace,
        Optional<Double> costUsd) {
      this(id, startId, isError, usage, stop, providerState, trace, costUsd, Optional.empty());
    }
  }

  @JsonTypeName("span.outcome_evaluation_start")
  record OutcomeEvaluationStart(
      EventId id, @JsonProperty("outcome_id") String outcomeId, int iteration)
      implements SessionEvent {}

  @JsonTypeName("span.outcome_evaluation_ongoing")
  record OutcomeEvaluationOngoing(
      EventId id, @JsonProperty("outcome_id") String outcomeId, int iteration)
      implements SessionEvent {}

  /**
   * A grader's verdict.
   *
   * @param result {@code needs_revision}, or one that ends the outcome: {@code satisfied}, {@code
   *     max_iterations_reached}, {@code failed}, {@code interrupted}
   */
  @JsonTypeName("span.outcome_evaluation_end")
  record OutcomeEvaluationEnd(
      EventId id,
      @JsonProperty("outcome_id") String outcomeId,
      int iteration,
      String result,
      Optional<String> explanation,
      @JsonProperty("outcome_evaluation_start_id") Optional<EventId> startId,
      Optional<Usage> usage,
      @JsonProperty("cost_usd") Optional<Double> costUsd)
      implements SessionEvent {
    public OutcomeEvaluationEnd(
        EventId id, String outcomeId, int iteration, String result, Optional<String> explanation) {
      this(
          id,
          outcomeId,
          iteration,
          result,
          explanation,
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /** Whether the agent is told, and works on. */
    public boolean goesBack() {
      return result.equals("needs_revision") || result.equals("max_iterations_reached");
    }
  }

  /** A change of a sub-agent's thread: created, running, idle, rescheduled or terminated. */
  record ThreadChanged(
      EventId id,
      String type,
      @JsonProperty("session_thread_id") String threadId,
      ObjectNode fields)
      implements SessionEvent {}

  /**
   * A decision of Paddock's own that a reader of the log should see, such as files skipped when
   * outputs were collected.
   *
   * @param code stable, lower case with underscores
   * @param usage of the model requests that the decision took
   */
  @JsonTypeName("paddock.notice")
  record Notice(
      EventId id,
      String code,
      String message,
      Optional<ObjectNode> details,
      @JsonProperty("model_usage") Optional<Usage> usage,
      @JsonProperty("cost_usd") Optional<Double> costUsd)
      implements SessionEvent {
    /** An answer or interrupt was handed on to the thread that it is meant for. */
    public static final String ROUTED = "thread_routed";

    public Notice(EventId id, String code, String message, Optional<ObjectNode> details) {
      this(id, code, message, details, Optional.empty(), Optional.empty());
    }
  }

  /**
   * One request that the sandbox made to a host, once it was over; without its query and its
   * bodies.
   *
   * @param host empty, as is {@code method}, if the request could not be read
   * @param method {@code CONNECT} for a tunnel that nobody looked into
   * @param path empty for a tunnel
   * @param status what the sandbox was answered; 0 if it got no answer
   * @param verdict {@code allowed}, {@code denied} or {@code failed}: allowed, but it did not work
   * @param rule what allowed it
   * @param denial why it was refused: {@code host}, {@code port}, {@code method-or-path}, {@code
   *     address}, {@code approval}, {@code tls}, {@code request}, {@code secret} or {@code limit}
   * @param reason in words, why it was refused or failed
   */
  @JsonTypeName("paddock.egress_request")
  record EgressRequest(
      EventId id,
      String host,
      int port,
      String method,
      String path,
      int status,
      String verdict,
      Optional<String> rule,
      Optional<String> denial,
      Optional<String> reason,
      @JsonProperty("sent_bytes") long sentBytes,
      @JsonProperty("received_bytes") long receivedBytes,
      @JsonProperty("duration_ms") long durationMillis)
      implements SessionEvent {}

  /**
   * A preview of a port of the sandbox was opened or revoked; without the token that opens it.
   *
   * @param state {@code open} or {@code revoked}
   * @param expiresAt ISO 8601
   */
  @JsonTypeName("paddock.preview")
  record PortPreview(
      EventId id,
      @JsonProperty("preview_id") String previewId,
      int port,
      String state,
      @JsonProperty("expires_at") String expiresAt)
      implements SessionEvent {}

  /** An event of a type this version does not know, kept as it came. */
  record Unknown(EventId id, String type, ObjectNode raw) implements SessionEvent {}
}
