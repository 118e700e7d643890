package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionEvent;
import dev.paddock.provider.ModelException;
import java.util.Locale;

/** {@code session.error} in the Managed Agents form, with a {@code code} of Paddock's own. */
final class SessionErrors {
  private SessionErrors() {}

  static SessionEvent retrying(PaddockException e) {
    return of(typeOf(e), e.code().name().toLowerCase(Locale.ROOT), e.getMessage(), "retrying");
  }

  /** The turn is over; the session can go on with a new message. */
  static SessionEvent exhausted(PaddockException e) {
    return of(typeOf(e), e.code().name().toLowerCase(Locale.ROOT), e.getMessage(), "exhausted");
  }

  static SessionEvent exhausted(String code, String message) {
    return of("unknown_error", code, message, "exhausted");
  }

  private static String typeOf(PaddockException e) {
    if (e.code() == ErrorCode.RATE_LIMITED) {
      return "model_rate_limited_error";
    }
    if (e.code() == ErrorCode.OVERLOADED) {
      return "model_overloaded_error";
    }
    return e instanceof ModelException ? "model_request_failed_error" : "unknown_error";
  }

  private static SessionEvent of(String type, String code, String message, String retryStatus) {
    ObjectNode error = Json.object().put("type", type).put("code", code).put("message", message);
    error.putObject("retry_status").put("type", retryStatus);
    return new SessionEvent.SessionError(EventId.next(), error);
  }
}
