package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.Permission;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.spi.Blobs;
import dev.paddock.server.spi.Caller;
import java.util.List;
import java.util.Optional;

/** Reads events that clients send. Whether they fit the session is not judged here. */
final class EventReader {
  private static final String[] TYPES = {
    "user.message",
    "user.interrupt",
    "user.tool_confirmation",
    "user.custom_tool_result",
    "user.tool_result",
    "user.define_outcome",
    "system.message"
  };
  private static final int MAX_DESCRIPTION = 262_144;
  private static final int MAX_RUBRIC = 262_144;

  private final ContentReader content;

  EventReader(Records records, Blobs blobs, Caller caller) {
    this.content = new ContentReader(records, blobs, caller);
  }

  SessionEvent.Inbound read(Fields event) {
    return switch (event.requiredWord("type", TYPES)) {
      case "user.message" -> message(event);
      case "user.interrupt" -> interrupt(event);
      case "user.tool_confirmation" -> confirmation(event);
      case "user.custom_tool_result" -> customResult(event);
      case "user.tool_result" ->
          throw event.invalid("type", "user.tool_result is only valid in self_hosted environments");
      case "user.define_outcome" -> outcome(event);
      default -> system(event);
    };
  }

  private SessionEvent.UserMessage message(Fields event) {
    event.only("type", "content");
    List<ContentBlock> blocks = content.message(event);
    if (blocks.isEmpty()) {
      throw event.invalid("content", "must not be empty");
    }
    return new SessionEvent.UserMessage(EventId.next(), blocks);
  }

  private static SessionEvent.UserInterrupt interrupt(Fields event) {
    event.only("type", "session_thread_id");
    return new SessionEvent.UserInterrupt(EventId.next(), event.text("session_thread_id", 128));
  }

  private static SessionEvent.UserToolConfirmation confirmation(Fields event) {
    event.only("type", "tool_use_id", "result", "deny_message");
    boolean allow = event.requiredWord("result", "allow", "deny").equals("allow");
    Optional<String> reason = event.text("deny_message", 65_536);
    if (allow && reason.isPresent()) {
      throw event.invalid("deny_message", "is only allowed when result is \"deny\"");
    }
    return new SessionEvent.UserToolConfirmation(
        EventId.next(),
        callId(event, "tool_use_id"),
        allow ? Permission.ALLOW : Permission.DENY,
        reason);
  }

  private SessionEvent.UserCustomToolResult customResult(Fields event) {
    event.only("type", "custom_tool_use_id", "content", "is_error");
    return new SessionEvent.UserCustomToolResult(
        EventId.next(),
        callId(event, "custom_tool_use_id"),
        content.result(event),
        event.bool("is_error").orElse(false));
  }

  private static EventId callId(Fields event, String key) {
    String id = event.requiredText(key, 128);
    try {
      return new EventId(id);
    } catch (PaddockException e) {
      throw event.invalid(key, "is no id of a call of this session");
    }
  }

  private SessionEvent.UserDefineOutcome outcome(Fields event) {
    event.only("type", "description", "rubric", "max_iterations");
    Fields rubric = event.requiredObject("rubric", "type", "content", "file_id");
    ObjectNode text = Json.object().put("type", "text");
    if (rubric.requiredWord("type", "text", "file").equals("text")) {
      rubric.only("type", "content");
      text.put("content", rubric.requiredText("content", MAX_RUBRIC));
    } else {
      rubric.only("type", "file_id");
      text.put("content", content.fileText(rubric, MAX_RUBRIC));
    }
    return new SessionEvent.UserDefineOutcome(
        EventId.next(),
        Ids.next("outc"),
        event.requiredText("description", MAX_DESCRIPTION),
        text,
        event.integer("max_iterations", 1, 20).map(Math::toIntExact));
  }

  private static SessionEvent.SystemMessage system(Fields event) {
    event.only("type", "content");
    List<ContentBlock> blocks = ContentReader.texts(event);
    if (blocks.isEmpty()) {
      throw event.invalid("content", "must not be empty");
    }
    return new SessionEvent.SystemMessage(EventId.next(), blocks);
  }
}
