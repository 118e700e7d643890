package dev.paddock.web;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import org.jspecify.annotations.Nullable;

/** A page that cannot be fetched, a search that cannot be made. */
public final class WebException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public WebException(ErrorCode code, String message) {
    super(code, message);
  }

  public WebException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  static WebException invalid(String message) {
    return new WebException(ErrorCode.INVALID_REQUEST, message);
  }
}
