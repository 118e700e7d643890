package dev.paddock.server.spi;

import dev.paddock.core.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/**
 * Why a request failed, before a dialect gives it a shape.
 *
 * @param status the HTTP status that fits every dialect
 * @param field what was wrong, such as {@code events[0].content}
 * @param detailCode a dialect's own code beside the type, such as {@code model_not_budgetable}
 * @param retryAfter when it is worth another try
 */
public record Problem(
    int status,
    ErrorCode code,
    String message,
    Optional<String> field,
    Optional<String> detailCode,
    Optional<Duration> retryAfter) {}
