package dev.paddock.core.spi;

import java.time.Instant;

/**
 * The right to do something alone until {@code expiresAt}.
 *
 * @param epoch grows with every new holder, so that one which was only paused can be told apart
 */
public record Lease(String name, String holder, long epoch, Instant expiresAt) {}
