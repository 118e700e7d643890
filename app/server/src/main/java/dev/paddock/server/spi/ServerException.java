package dev.paddock.server.spi;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.PaddockException;
import java.util.Optional;
import java.util.OptionalInt;

/** A request that cannot be answered as asked. */
public final class ServerException extends PaddockException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String detailCode;
  private final int status;

  public ServerException(ErrorCode code, String message) {
    this(code, message, "", "", 0);
  }

  private ServerException(
      ErrorCode code, String message, String field, String detailCode, int status) {
    super(code, message);
    this.field = field;
    this.detailCode = detailCode;
    this.status = status;
  }

  /** {@code INVALID_REQUEST} of a field, such as {@code tools[2].name}. */
  public static ServerException invalid(String field, String message) {
    return new ServerException(ErrorCode.INVALID_REQUEST, field + ": " + message, field, "", 0);
  }

  public static ServerException notFound(String message) {
    return new ServerException(ErrorCode.NOT_FOUND, message);
  }

  public ServerException withDetailCode(String code) {
    return new ServerException(code(), getMessage(), field, code, status);
  }

  /** Answered with this HTTP status instead of the one that its code usually has. */
  public ServerException withStatus(int status) {
    return new ServerException(code(), getMessage(), field, detailCode, status);
  }

  /** The same failure, told of a field; the message stays as it is. */
  public ServerException about(String name) {
    return new ServerException(code(), getMessage(), name, detailCode, status);
  }

  public Optional<String> field() {
    return field.isEmpty() ? Optional.empty() : Optional.of(field);
  }

  public Optional<String> detailCode() {
    return detailCode.isEmpty() ? Optional.empty() : Optional.of(detailCode);
  }

  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }
}
