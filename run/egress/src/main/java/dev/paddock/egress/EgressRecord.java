package dev.paddock.egress;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One request that a sandbox made, for its log. Secrets, query strings and bodies are not in it.
 *
 * @param host canonical; empty if the request could not be read
 * @param port 0 if the request could not be read
 * @param method {@code CONNECT} for a tunnel that nobody looks into
 * @param path without the query; empty for a tunnel
 * @param status what the sandbox was answered; 0 if it got no answer
 * @param sentBytes of bodies and tunnels, to the host
 * @param receivedBytes likewise, from the host
 * @param rule what allowed it
 * @param denial why it was refused
 * @param reason in words; why it was refused or failed
 */
public record EgressRecord(
    Instant time,
    Duration duration,
    String host,
    int port,
    String method,
    String path,
    int status,
    long sentBytes,
    long receivedBytes,
    Verdict verdict,
    Optional<String> rule,
    Optional<Denial> denial,
    Optional<String> reason) {

  /** What became of it. */
  public enum Verdict {
    ALLOWED,
    DENIED,
    /** Allowed, but it failed on the way. */
    FAILED
  }
}
