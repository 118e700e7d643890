package dev.paddock.core;

import java.time.Instant;
import java.util.Optional;

/**
 * An event as it stands in the log.
 *
 * @param sequence 1, 2, 3 … within the session, without gaps
 * @param position 1, 2, 3 … across the whole store, without gaps for readers
 */
public record LogEntry(
    SessionId sessionId,
    long sequence,
    long position,
    Instant recordedAt,
    Principal principal,
    Optional<Signature> signature,
    SessionEvent event) {}
