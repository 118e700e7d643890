package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that could not be found, fetched, asked or understood. */
public final class ModelException extends PaddockException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration retryAfter;

  public ModelException(ErrorCode code, String message) {
    this(code, message, null, null);
  }

  public ModelException(ErrorCode code, String message, @Nullable Throwable cause) {
    this(code, message, cause, null);
  }

  public ModelException(
      ErrorCode code, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
    super(code, message, cause);
    this.retryAfter = retryAfter;
  }

  /** How long the provider asked to wait. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
