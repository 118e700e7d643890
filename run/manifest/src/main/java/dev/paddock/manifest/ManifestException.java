package dev.paddock.manifest;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A manifest that is wrong, or that cannot be applied here; the message begins with a field. */
public final class ManifestException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public ManifestException(ErrorCode code, String message) {
    super(code, message);
  }

  public ManifestException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  static ManifestException wrong(String field, String what) {
    return new ManifestException(
        ErrorCode.INVALID_REQUEST, field.isEmpty() ? what : field + ": " + what);
  }
}
