package dev.paddock.store;

import dev.paddock.core.Json;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionStatus;
import dev.paddock.core.StopReason;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a log stands by its last status event: what is kept beside it so that lists need not fold.
 *
 * @param unfinished whether the last event, requests to hosts apart, is neither idle nor terminated
 */
record Standing(SessionStatus status, Optional<StopReason> stopReason, boolean unfinished) {
  /** Before the first event. */
  static final Standing NEW = new Standing(SessionStatus.IDLE, Optional.empty(), false);

  Standing after(SessionEvent event) {
    return switch (event) {
      case SessionEvent.StatusIdle idle ->
          new Standing(SessionStatus.IDLE, Optional.of(idle.stopReason()), false);
      case SessionEvent.StatusTerminated ignored ->
          new Standing(SessionStatus.TERMINATED, Optional.empty(), false);
      case SessionEvent.StatusRunning ignored ->
          new Standing(SessionStatus.RUNNING, Optional.empty(), true);
      case SessionEvent.StatusRescheduled ignored ->
          new Standing(SessionStatus.RESCHEDULING, Optional.empty(), true);
      // nobody has to go on because of these
      case SessionEvent.EgressRequest ignored -> this;
      case SessionEvent.PortPreview ignored -> this;
      case SessionEvent other -> unfinished ? this : new Standing(status, stopReason, true);
    };
  }

  /** From the columns {@code status}, {@code stop_reason} and {@code unfinished}. */
  static Standing of(String status, Optional<String> stopReason, int unfinished) {
    return new Standing(
        SessionStatus.valueOf(status.toUpperCase(Locale.ROOT)),
        stopReason.map(json -> Json.read(json, StopReason.class)),
        unfinished == 1);
  }

  static String text(SessionStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  String statusText() {
    return text(status);
  }

  Optional<String> stopReasonText() {
    return stopReason.map(Json::write);
  }

  int unfinishedNumber() {
    return unfinished ? 1 : 0;
  }
}
