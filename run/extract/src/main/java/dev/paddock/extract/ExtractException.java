package dev.paddock.extract;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;

/** A schema, worked example or document that cannot be used. */
public final class ExtractException extends PaddockException {
  private static final long serialVersionUID = 1L;

  public ExtractException(ErrorCode code, String message) {
    super(code, message);
  }

  static ExtractException invalid(String message) {
    return new ExtractException(ErrorCode.INVALID_REQUEST, message);
  }
}
